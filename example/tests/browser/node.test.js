/** The page with the Fastify server. Each file runs by itself, in parallel with the other. */
import { after, before } from "node:test";
import { Application } from "./application.js";
import { testConditions } from "./conditions.js";
import { testPage } from "./page.js";

const application = new Application("node");
before(() => application.start());
after(() => application.stop());

testPage(application);
testConditions(application);
