import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { type createBrowserRouter, redirect, useLocation } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import './app.js';

function Screen(): null {
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `Screen ${pathname}`;
    // What sites do that count by themselves; strict mode does it twice.
    if (window.countsItself) window.tracker.page();
  }, [pathname]);
  return null;
}

/** An application in strict mode, with a protected page and one whose data takes a while. */
export function runReact(createRouter: typeof createBrowserRouter): void {
  const router = createRouter([
    { path: '/private', loader: () => redirect('/login'), Component: Screen, HydrateFallback: () => null },
    { path: '/slow', loader: () => new Promise((resolve) => setTimeout(resolve, 300, null)), Component: Screen },
    { path: '*', Component: Screen },
  ]);
  const root = document.getElementById('app');
  if (root) createRoot(root).render(createElement(StrictMode, null, createElement(RouterProvider, { router })));
  window.go = (to, isReplaced) => router.navigate(to, { replace: isReplaced === true });
}
