/* What every page behind the login loads. Each module finds its own elements and does nothing where there are none. */
import "./theme.js";
import "./clock.js";
import "./popups.js";
import "./toast.js";
import "./print.js";
import "./nav.js";
import "./keys.js";
import "./roving.js";
import "./palette.js";
import "./live.js";
import "./idle.js";
import "./chartload.js";
