// Everything here makes quick what works without it: each action is a form or a link that the server answers with a page.
import "htmx.org";
import { startAnnouncing } from "./announce";
import { startCharts } from "./charts";
import { startClaim } from "./claim";
import { startCountdowns } from "./countdown";
import { startForms } from "./forms";
import { startKeys } from "./keys";
import { startLooking } from "./looking";
import { startMarks } from "./marks";
import { startMenus } from "./menus";
import { showPages } from "./pages";
import { startRows } from "./rows";
import { startSpans } from "./spans";
import { startTheme } from "./theme";

startTheme();
startMenus();
startForms();
startKeys();
startRows();
startMarks();
startSpans();
startLooking();
startCountdowns();
startClaim();
startCharts();
startAnnouncing();
showPages();
