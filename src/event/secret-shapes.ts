/**
 * The password in `//name:password@host`; JSON web tokens; keys of Stripe, GitHub, Slack, Amazon and Google; what follows
 * `Bearer`. The group stays.
 */
export const TOKEN =
  /(\/\/)[^/\s?#:@]*:[^/\s?#]+(?=@)|\b(?:eyJ[\w-]{6,999}\.[\w-]+\.[\w-]*|(?:[sr]k_(?:live|test)_|gh[a-z]_|github_pat_|xox[a-z]-|AKIA|AIza)[\w-]{16,}|[Bb]earer\s+(?=\S*\d)\S{12,})/g;
/** Parts of a path that lead to a secret, and what follows them. */
export const LINK =
  /((?:[/_-](?:reset|verif|activat|invit)|passwor[dt])[\w-]{0,30}|\/(?:confirm|magic|token|unsubscribe)(?:-?e?mail|-?link)?)(\/[^\s?#]+)/gi;
/** No release of a package (`react@18.2.0`), and no file (`logo@dark.png`). */
export const MAIL =
  /[^\s@/?&#=:;,"'<>()[\]]{1,64}@(?!\d+\.\d|[\w.-]*\.(?:png|jpe?g|gif|svg|webp|js|css)(?!\.?[\w-]))(?:[\p{L}\d-]{1,63}\.)+\p{L}{2,}/gu;
/**
 * First digits, lengths and groups of Visa, Mastercard, JCB, Discover, UnionPay and Maestro, then of American Express and
 * Diners Club. Not what follows a decimal point.
 */
export const CARD =
  /(^|[^\d.]\.?)((?:2[2-7]|35|4\d|5[1-5]|6\d)\d\d([\s+.-]?)\d{4}\3\d{4}\3\d{4}|62\d{15,17}|3[47]\d\d([\s+.-]?)\d{6}\4\d{5}|3[068]\d\d([\s+.-]?)\d{6}\5\d{4})(?![a-z\d])/g;

/** Is the check digit (Luhn) right? Every second digit counts twice, and what comes of it digit by digit. */
export const isCard = (text: string): boolean =>
  [...text.replace(/\D/g, '')]
    .reverse()
    .reduce((sum, digit, index) => sum + Number(index % 2 ? '0246813579'[+digit] : digit), 0) %
    10 ===
  0;
