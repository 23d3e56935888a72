import { nanoid } from 'nanoid';

/** 21 URL-safe random characters; collisions are as unlikely as with UUID v4. Needs no secure context. */
export const newId = (): string => nanoid();
