import '../../support/window.js';

declare global {
  interface Window {
    /** Navigates with the application's router. */
    go(to: string, isReplaced?: boolean): unknown;
    /** The application calls `page()` in an effect of each screen. */
    countsItself?: boolean;
  }
}
