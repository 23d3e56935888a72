/** Listeners by event name. A listener that throws is reported and harms nobody else. */
export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
}

export function createEmitter<Events>(report: (error: unknown) => void): Emitter<Events> {
  const listeners: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};
  return {
    on(name, listener) {
      const its = listeners[name] ?? new Set();
      listeners[name] = its;
      its.add(listener);
      return () => its.delete(listener);
    },
    emit(name, event) {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(event);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
