import { listenToForms } from './forms.js';
import { showState } from './show-state.js';
import { trackPage } from './track-page.js';

showState();
listenToForms();
trackPage();

// A page that comes back from the back/forward cache was drawn before the basket changed.
addEventListener('pageshow', (event) => {
  if (event.persisted) showState();
});
// Another tab of the shop changed the basket.
addEventListener('storage', showState);
