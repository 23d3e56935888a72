import { createApp, h } from 'vue';
import { createRouter, type RouterHistory, RouterView } from 'vue-router';
import './app.js';

const Screen = { render: () => h('p', 'screen') };

/** An application with a protected page and one whose data takes a while; titles are set after each navigation. */
export function runVue(history: RouterHistory): void {
  const router = createRouter({ history, routes: [{ path: '/:rest(.*)', component: Screen }] });
  router.beforeEach((to) => (to.path === '/private' ? '/login' : true));
  router.beforeResolve(async (to) => {
    if (to.path === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
  });
  router.afterEach((to) => {
    document.title = `Screen ${to.path}`;
  });
  createApp(RouterView).use(router).mount('#app');
  window.go = (to, isReplaced) => (isReplaced ? router.replace(to) : router.push(to));
}
