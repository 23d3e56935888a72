import type { CapillaryDefinition } from '../../src/server/capillary/definition.js';

export const yes = { valueType: 'BOOLEAN', value: 'true' };
export const no = { valueType: 'BOOLEAN', value: 'false' };

const definition: CapillaryDefinition = {
  eventName: 'trial_ended',
  actions: ['EMFConsumer', 'EIConsumer'],
  description: 'visitor reached the last day',
  fields: [
    {
      name: 'customer_id',
      type: 'customer',
      attributes: {
        isRequired: yes,
        addCustomerIfNotExists: no,
        identifierType: { valueType: 'ENUM', value: 'externalId' },
      },
    },
    { name: 'event_id', type: 'string', attributes: { isRequired: yes, isUniqueKeyField: yes } },
    { name: 'amount', type: 'double', attributes: { isRequired: no, isPsiData: no } },
    { name: 'store', type: 'tillCode' },
  ],
};

/** Every part that Create Event takes, once. No two parts are one object, so that a test can change one of them. */
export const DEFINITION: CapillaryDefinition = JSON.parse(JSON.stringify(definition));
