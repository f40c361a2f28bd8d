// Entry of the chat view's page: connects it to the extension and draws it.

import { render } from "preact";
import { loadRenderers } from "./answer/renderers.ts";
import { connect, type WebviewApi } from "./host.ts";
import { Page } from "./view/page.tsx";

declare function acquireVsCodeApi(): WebviewApi;

const script = document.currentScript as HTMLScriptElement;
const root = document.createElement("div");
root.id = "page";
document.body.append(root);
render(<Page host={connect(acquireVsCodeApi())} renderers={loadRenderers(script)} />, root);
