/** What a reader does with the page in Chromium, in this order. */
import { testJobs } from "./jobs.js";
import { testMails } from "./mails.js";
import { testOutages } from "./outages.js";
import { testUsers } from "./users.js";
import { describeVisit } from "./visit.js";

/** @param {import("./application.js").Application} application */
export function testPage(application) {
  describeVisit("the page", application, (visit) => {
    testJobs(visit);
    testMails(visit);
    testUsers(visit);
    testOutages(visit);
  });
}
