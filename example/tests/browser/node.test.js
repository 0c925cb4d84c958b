/** The page with the Fastify server. Each file runs by itself, in parallel with the other. */
import { after, before } from "node:test";
import { Application } from "./application.js";
import { testConditions } from "./conditions.js";
import { testForms } from "./forms.js";
import { testPage } from "./page.js";
import { testRestrictions } from "./restrictions.js";
import { testUpdates } from "./updates.js";

const application = new Application("node");
before(() => application.start());
after(() => application.stop());

testPage(application);
testConditions(application);
testForms(application);
testUpdates(application);
testRestrictions(application);
