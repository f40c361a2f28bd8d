// Entry of the chat view's page: connects it to the extension and draws it.

import { render } from "preact";
import { connect, type WebviewApi } from "./host.ts";
import { Page } from "./view/page.tsx";

declare function acquireVsCodeApi(): WebviewApi;

const root = document.createElement("div");
root.id = "page";
document.body.append(root);
render(<Page host={connect(acquireVsCodeApi())} />, root);
