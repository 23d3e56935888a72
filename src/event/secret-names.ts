/** A name as its words, however it is written: `user[newPassword]`, `user.new-password` → `_user_new_password_`. */
export const wordsOf = (name: string): string =>
  `_${name.replace(/[a-z\d](?=[A-Z])/g, '$&_')}_`.replace(/[^\p{L}\d]+/gu, '_').toLowerCase();

/**
 * Ends of names whose value is a secret whatever it looks like, and what may follow: a number, that it is said again. The
 * first group is of mail; voice mail is none.
 */
export const SECRET =
  /((([abd-z_]e|_e_)mail(_?address)?|^_mail)|(token|secret|jwt|credentials?|sess(ion)?id|verifier|pass_?(wor[dt]|wd|phrase|code)|(api|private|access)_?key|card_?(number|no)|(reset|verif[a-z]{1,7}|security|auth|login|oob)_?code|_(pwd|authorization|otp|cv[cv]|ssn|iban|sig|signature|[cx]srf))[\d_]*(confirm(ation)?|repeat|again|first|second|hash|key|code|number|value)?|(^|_user|_card)_(pass|auth|pin))[\d_]*$/;

/** Names of parameters that hold a secret if their value was made by a machine. */
export const MAYBE = /^_(code|key|state|hash|[hkt]|sid|ticket|session_id|confirm)_$|_(reset|verif|activat|invit)/;

/**
 * Is it long, and do digits and letters take turns, as by chance? In words with numbers, such as `galaxy-s24-256gb`, they
 * rarely do, and then all letters are of one case.
 */
export const isMachineMade = (text: string): boolean =>
  /^[\w.~:+/="-]{16,}$/.test(text) && text.split(/[a-z](?=\d)|\d(?=[a-z])/i).length > (/[a-z][A-Z]/.test(text) ? 2 : 5);
