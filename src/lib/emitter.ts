/**
 * Listeners by event name. What happens in the task of creation is told after it, so that whoever made the emitter can
 * listen first. A listener that throws is reported and harms nobody else.
 */
export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
}

export function createEmitter<Events>(report: (error: unknown) => void): Emitter<Events> {
  const listeners: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};
  let isNew = true;
  queueMicrotask(() => {
    isNew = false;
  });
  const emit: Emitter<Events>['emit'] = (name, event) => {
    if (isNew) return queueMicrotask(() => emit(name, event));
    for (const listener of listeners[name] ?? []) {
      try {
        listener(event);
      } catch (error) {
        report(error);
      }
    }
  };
  return {
    emit,
    on(name, listener) {
      const its = listeners[name] ?? new Set();
      listeners[name] = its;
      its.add(listener);
      return () => its.delete(listener);
    },
  };
}
