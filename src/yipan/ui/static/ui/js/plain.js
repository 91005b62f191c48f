/* What a page without navigation loads: login, print, errors. */
import "./theme.js";
import "./clock.js";
import "./popups.js";
import "./toast.js";
import "./print.js";
