import { element } from '../shared/dom.js';
import { steps } from './steps.js';

const root = document.getElementById('studio');

/** Draws the step that belongs to the address. */
function draw(): void {
  const index = Math.max(
    steps.findIndex(({ path }) => path === location.pathname),
    0,
  );
  const step = steps[index];
  if (!root || !step) return;
  document.title = `${step.title} · Gift studio · Slow Morning`;

  const trail = steps.slice(0, -1).map(({ path, title }, position) => {
    const link = element('a', { href: path }, `${position + 1}. ${title}`);
    if (position === index) link.setAttribute('aria-current', 'step');
    return element('li', {}, link);
  });
  const next = steps[index + 1];
  const hasNext = next && index < steps.length - 2;

  root.replaceChildren(
    element('ol', { className: 'trail' }, ...trail),
    element('h1', {}, step.title),
    element('p', { className: 'lead' }, step.lead),
    ...step.draw(),
    ...(hasNext ? [element('p', {}, element('a', { className: 'button', href: next.path }, 'Next'))] : []),
  );
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
  if (!link || modified || !link.pathname.startsWith('/studio/')) return;
  event.preventDefault();
  if (link.pathname === location.pathname) return;
  history.pushState(null, '', link.pathname);
  draw();
  scrollTo(0, 0);
});
addEventListener('popstate', draw);
draw();
