// Behaviour of every page. Each module finds its own elements by data attributes, so pages need no script.
import 'htmx.org';
import 'bootstrap/js/src/collapse.js';
import 'bootstrap/js/src/dropdown.js';
import 'bootstrap/js/src/offcanvas.js';
import 'bootstrap/js/src/tab.js';

import { sendCsrfToken } from './csrf.js';
import { autosaveDrafts } from './drafts.js';
import { announceFailures } from './failures.js';
import { submitOnChange } from './filters.js';
import { linkIntakeLines } from './linking.js';
import { pickFromDiagram } from './picking.js';
import { pollQuietly } from './polling.js';
import { printOnDemand } from './printing.js';
import { refreshSettledFields } from './settled.js';
import { listenToShortcuts } from './shortcuts.js';
import { switchTheme } from './theme-switch.js';
import { showToasts } from './toasts.js';
import { rememberTrials } from './trials.js';
import { guardUnsavedChanges } from './unsaved.js';

sendCsrfToken();
announceFailures();
showToasts();
pollQuietly();
autosaveDrafts();
guardUnsavedChanges();
refreshSettledFields();
listenToShortcuts();
linkIntakeLines();
printOnDemand();
submitOnChange();
pickFromDiagram();
switchTheme();
rememberTrials();
