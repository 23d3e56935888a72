import { describe, expect, test } from 'vitest';
import { checkDefinitions } from '../../../../src/server/capillary/check-definitions.js';
import { changed } from '../../../contract/vendors/exchange.js';
import { DEFINITION, no, yes } from '../../../support/capillary-definitions.js';

const customer = DEFINITION.fields[0];
const problemsOf = (path: readonly (string | number)[], value: unknown) =>
  checkDefinitions([changed(DEFINITION, path, value)]);

describe('definitions of Capillary events that break a rule are named by event, field, rule and fix', () => {
  const broken: [what: string, path: (string | number)[], value: unknown, at: string, code?: number][] = [
    ['no name', ['eventName'], undefined, '.eventName', 1811],
    ['a name with a blank', ['eventName'], 'trial ended', '.eventName', 1811],
    ['no actions', ['actions'], undefined, '.actions', 1810],
    ['no action', ['actions'], [], '.actions', 1810],
    ['an unknown action', ['actions'], ['EMFConsumer', 'Loyalty'], '.actions', 1810],
    ['an action twice', ['actions'], ['EIConsumer', 'EIConsumer'], '.actions', 1810],
    ['a description that is no text', ['description'], 3, '.description'],
    ['fields that are no list', ['fields'], {}, '.fields'],
    ['no customer', ['fields'], [], '.fields'],
    ['21 fields', ['fields'], Array.from({ length: 21 }, (_, i) => ({ ...customer, name: `f${i}` })), '.fields'],
    ['a field that is none', ['fields', 3], 'amount', '.fields[3]'],
    ['a field without a name', ['fields', 2, 'name'], '', '.fields[2].name'],
    ['a name of 51 characters', ['fields', 2, 'name'], 'a'.repeat(51), '.fields[2].name'],
    ['a key of every occurrence', ['fields', 2, 'name'], 'eventDateTime', '.fields[2].name'],
    ['two fields of one name', ['fields', 2, 'name'], 'event_id', '.fields[2].name'],
    ['an unknown type', ['fields', 2, 'type'], 'float', '.fields[2].type', 1823],
    ['a type in upper case', ['fields', 2, 'type'], 'DOUBLE', '.fields[2].type', 1823],
    ['attributes that are a list', ['fields', 2, 'attributes'], [], '.fields[2].attributes'],
    ['an unknown attribute', ['fields', 2, 'attributes', 'isBig'], yes, '.fields[2].attributes.isBig'],
    ['one from the prototype', ['fields', 2, 'attributes', 'toString'], yes, '.fields[2].attributes.toString'],
    ['a bare yes', ['fields', 2, 'attributes', 'isRequired'], 'true', '.fields[2].attributes.isRequired', 1802],
    ['true', ['fields', 2, 'attributes', 'isRequired', 'value'], true, '.fields[2].attributes.isRequired.value', 1802],
    [
      'TRUE',
      ['fields', 2, 'attributes', 'isRequired', 'value'],
      'TRUE',
      '.fields[2].attributes.isRequired.value',
      1802,
    ],
    [
      'a yes or no of type ENUM',
      ['fields', 2, 'attributes', 'isRequired', 'valueType'],
      'ENUM',
      '.fields[2].attributes.isRequired.valueType',
      1802,
    ],
    ['a sensitive customer', ['fields', 0, 'attributes', 'isPsiData'], yes, '.fields[0].attributes.isPsiData'],
    [
      'a unique field that is optional',
      ['fields', 1, 'attributes', 'isRequired'],
      no,
      '.fields[1].attributes.isUniqueKeyField',
    ],
    [
      'a unique field that does not say it is required',
      ['fields', 1, 'attributes', 'isRequired'],
      undefined,
      '.fields[1].attributes.isUniqueKeyField',
    ],
    [
      'an unknown identifier',
      ['fields', 0, 'attributes', 'identifierType', 'value'],
      'passport',
      '.fields[0].attributes.identifierType.value',
      1802,
    ],
    [
      'an identifier of another field',
      ['fields', 1, 'attributes', 'identifierType'],
      { valueType: 'ENUM', value: 'email' },
      '.fields[1].attributes.identifierType',
    ],
    [
      'a pattern for a number',
      ['fields', 2, 'attributes', 'regex'],
      { valueType: 'STRING', value: 'a' },
      '.fields[2].attributes.regex',
    ],
    ['a key that nobody reads', ['event_name'], 'x', '.event_name'],
    ['a key of a field that nobody reads', ['fields', 2, 'isRequired'], true, '.fields[2].isRequired'],
  ];
  test.each(broken)('%s', (_what, path, value, at, code) => {
    const problems = problemsOf(path, value);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem?.path).toBe(`[0]${at}`);
    expect(problem?.code).toBe(code);
    expect(problem?.rule).toMatch(/./);
    expect(problem?.fix).toMatch(/./);
    if (path[0] !== 'eventName') expect(problem?.event).toBe('trial_ended');
    if (/fields\[\d\]\./.test(at) && !at.endsWith('.name')) expect(problem?.field).toMatch(/./);
  });

  test.each([[undefined], [null], [{}], ['text'], [[]]])('not a list of events: %j', (value) => {
    expect(checkDefinitions(value)).toMatchObject([{ path: '' }]);
  });

  test('the same event twice', () => {
    expect(checkDefinitions([DEFINITION, DEFINITION])).toMatchObject([{ path: '[1].eventName', code: 1806 }]);
  });

  test('a fix that can be pasted', () => {
    expect(problemsOf(['eventName'], 'Trial  Ended!')[0]?.fix).toBe('write "Trial_Ended" instead of "Trial  Ended!"');
  });
});

describe('definitions of Capillary events that are fine', () => {
  test.each([
    ['every part once', [], DEFINITION],
    ['the customer alone', ['fields'], [{ name: 'c', type: 'customer' }]],
    ['a value type in other letters', ['fields', 0, 'attributes', 'isRequired', 'valueType'], 'Boolean'],
    ['an identifier in capitals', ['fields', 0, 'attributes', 'identifierType', 'value'], 'MOBILE'],
    ['20 fields', ['fields'], [customer, ...Array.from({ length: 19 }, (_, i) => ({ name: `f${i}`, type: 'string' }))]],
    ['a name of 50 characters', ['fields', 2, 'name'], 'a'.repeat(50)],
  ] as [string, (string | number)[], unknown][])('%s', (_what, path, value) => {
    expect(path.length === 0 ? checkDefinitions([value]) : problemsOf(path, value)).toEqual([]);
  });
});
