/**
 * What is around pages: who may see them, what keeps other sites away from them, their head and their files.
 * A room adds routes to it, and its pages are as well kept as all others.
 */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Child } from "hono/jsx";
import { secureHeaders } from "hono/secure-headers";
import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError, ERRORS, SmarteyeError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { refuse } from "../answers.ts";
import { ArrivingBodies } from "../arriving_bodies.ts";
import { bearerOf } from "../bearer_token.ts";
import { Assets } from "./assets.ts";
import type { Sent, UiEnv } from "./env.ts";
import { isOfAnotherSite, isOurHost, isSafe, localPath, SCRIPT_HEADER } from "./guard.ts";
import { Layout, type PageLink } from "./layout.tsx";
import { LoginForm } from "./login_page.tsx";
import { Secrets } from "./secrets.ts";
import { Sessions } from "./sessions.ts";

/** A page shows what comes from here, and runs nothing that stands in it. */
const CONTENT_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "blob:", "data:"],
  mediaSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Bounds of what a page may send. */
const BODIES = { bytesMax: 65_536, timeoutMs: 10_000, bodiesMax: 64 };

/** Open to everybody: the form shows no more than that there is something. */
const OPEN_ASSETS = new Set(["shell.css", "icon.svg"]);

/** How a shell is made. */
export interface ShellOptions {
  /** What stands on every page: `smarteye edge`. */
  readonly name: string;
  /** The pages that others lead to, the first one first. */
  readonly pages: readonly PageLink[];
  /** Passwords and tokens, each of which opens all; none: whoever reaches the port may see it. */
  readonly secrets: readonly string[];
  /** Names by which browsers may come, beside loopback's; `any` only where a secret is wanted. */
  readonly hosts: readonly string[] | "any";
  /** Styles, scripts and pictures beside the shell's own, each by another name. */
  readonly assets: readonly URL[];
  /** Goes by it. */
  readonly clock: Clock;
  /** Is told of logins, and of what went wrong in here. */
  readonly log: Log;
}

/** A page that a route gives. */
export interface PageProps {
  /** What it is called. */
  readonly title: string;
  /** Names of files among the shell's `assets`, modules. */
  readonly scripts?: readonly string[];
  /** As `scripts`; the shell's own style comes first. */
  readonly styles?: readonly string[];
  /** 200 unless said. */
  readonly status?: 200 | 401 | 404 | 409 | 429;
  /** Whether it is shown to anybody, and leads nowhere; absent: no. */
  readonly isOpen?: boolean;
}

/** An application with such routes. */
export type UiApp = Hono<UiEnv>;

/** What a route is asked with. */
export type UiContext = Context<UiEnv>;

/** Pages with all that is around them. */
export class Shell {
  /** Where routes are added: nobody reaches them who may not. */
  readonly app: UiApp = new Hono<UiEnv>();
  readonly #secrets: Secrets;
  readonly #sessions: Sessions;
  readonly #bodies: ArrivingBodies;
  readonly #over = new AbortController();

  private constructor(private readonly options: ShellOptions, private readonly assets: Assets) {
    const { clock, secrets } = options;
    this.#secrets = new Secrets(secrets, clock);
    this.#sessions = new Sessions(clock);
    this.#bodies = new ArrivingBodies(() => BODIES, clock);
    this.#addRefusals();
    this.app.use(
      secureHeaders({
        contentSecurityPolicy: CONTENT_POLICY,
        xFrameOptions: "DENY",
        referrerPolicy: "same-origin", // without one, browsers do not say whose form it is either
        strictTransportSecurity: false, // for whoever speaks TLS in front of it to say
        permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
      }),
      noStore,
      this.#onlyOurs,
      this.#onlyKnown,
      this.#read,
    );
    this.#addLogin();
    this.app.get("/assets/:name", (c) => this.assets.answer(c.req.param("name")) ?? c.notFound());
  }

  /**
   * A shell without pages: the room adds them to `app`.
   *
   * @throws {Error} when a file is not there.
   */
  static async open(options: ShellOptions): Promise<Shell> {
    const style = new URL("./shell.css", import.meta.url);
    const icon = new URL("./icon.svg", import.meta.url);
    return new Shell(options, await Assets.read([style, icon, ...options.assets]));
  }

  /** Aborts when the shell is closed: answers without an end, such as streams, then end. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Ends what has no end of its own. */
  close(): void {
    this.#over.abort(OVER);
  }

  /** Answers a request; never rejects. `peer`: the other end's IP address. */
  readonly answer = async (request: Request, peer: string): Promise<Response> => {
    return await this.app.fetch(request, { peer });
  };

  /** A page as an answer. */
  page(c: UiContext, props: PageProps, children: Child): Response | Promise<Response> {
    const { name, pages } = this.options;
    const { title, scripts = [], styles = [], status = 200, isOpen = false } = props;
    const document = (
      <Layout
        name={name}
        title={title}
        path={c.req.path}
        pages={isOpen ? [] : pages}
        styles={["shell.css", ...styles].map((each) => this.assets.path(each))}
        scripts={scripts.map((each) => this.assets.path(each))}
        formToken={!isOpen && c.var.session !== "" ? c.var.formToken : undefined}
      >
        {children}
      </Layout>
    );
    return c.html(`<!doctype html>${document}`, status);
  }

  /** Who reaches us by a stranger's name, or is led by another site, gets nothing. */
  readonly #onlyOurs: MiddlewareHandler<UiEnv> = async (c, next) => {
    const header = (name: string) => c.req.header(name);
    if (!isOurHost(header("host"), this.options.hosts)) {
      const detail = "Cannot answer for this name: it is none of this machine's, " +
        "localhost or one that the settings name is wanted";
      throw new SmarteyeError("permission_denied", detail);
    }
    if (isOfAnotherSite({ method: c.req.method, header })) {
      throw new SmarteyeError("permission_denied", "Cannot answer: another site asks for it");
    }
    await next();
  };

  /** Who has neither a session nor a token gets the form, or is refused. */
  readonly #onlyKnown: MiddlewareHandler<UiEnv> = async (c, next) => {
    const name = c.req.path.startsWith("/assets/") ? c.req.path.slice("/assets/".length) : "";
    const isOpen = c.req.path === "/login" || OPEN_ASSETS.has(name);
    const session = getCookie(c, cookieOf(c)) ?? "";
    const isIn = this.#secrets.areWanted && this.#sessions.uses(session);
    c.set("session", isIn ? session : "");
    c.set("formToken", this.#sessions.formToken(c.var.session));
    if (!this.#secrets.areWanted || isIn || isOpen) return await next();
    const token = bearerOf(c.req.header("authorization"));
    if (token !== undefined) {
      this.#admit(token, c.env.peer);
      return await next();
    }
    const isPage = isSafe(c.req.method) && (c.req.header("accept") ?? "").includes("text/html");
    if (isPage) return c.redirect(`/login?next=${encodeURIComponent(c.req.path)}`, 303);
    throw new SmarteyeError("unauthenticated", "Cannot answer: a login or a token is wanted");
  };

  /** Reads what is sent, and takes it only from a page of ours or a script that says so. */
  readonly #read: MiddlewareHandler<UiEnv> = async (c, next) => {
    if (isSafe(c.req.method)) {
      c.set("sent", { kind: "nothing" });
      return await next();
    }
    const sent = sentOf(c.req.header("content-type"), await this.#bodies.read(c.req.raw));
    c.set("sent", sent);
    const isScript = c.req.header(SCRIPT_HEADER) !== undefined ||
      c.req.header("authorization") !== undefined;
    const token = sent.kind === "form" ? sent.fields.form_token ?? "" : "";
    if (!isScript && !this.#sessions.isOfSession(c.var.session, token)) {
      const detail = `Cannot take what was sent: it is from no page of ours, ` +
        `a header ${SCRIPT_HEADER} is wanted (or loading the page again)`;
      throw new SmarteyeError("permission_denied", detail);
    }
    await next();
  };

  #addLogin(): void {
    const { app } = this;
    const form = (c: UiContext, next: string, status: 200 | 401 | 429, problem?: string) =>
      this.page(
        c,
        { title: "Log in", status, isOpen: true },
        <LoginForm next={next} formToken={c.var.formToken} problem={problem} />,
      );
    app.get("/login", (c) => {
      const next = localPath(c.req.query("next"));
      if (!this.#secrets.areWanted || c.var.session !== "") return c.redirect(next, 303);
      return form(c, next, 200);
    });
    app.post("/login", (c) => {
      const { sent } = c.var;
      const fields: Readonly<Record<string, string>> = sent.kind === "form" ? sent.fields : {};
      const next = localPath(fields.next);
      try {
        this.#admit(fields.password ?? "", c.env.peer);
      } catch (error) {
        const { code, message } = asSmarteyeError(error, "log in");
        return form(c, next, code === "rate_limited" ? 429 : 401, message);
      }
      const id = this.#sessions.begin();
      setCookie(c, cookieOf(c), id, {
        path: "/",
        httpOnly: true,
        secure: new URL(c.req.url).protocol === "https:",
        sameSite: "Strict",
        maxAge: this.#sessions.ageMaxS,
      });
      this.options.log.info("{peer} has logged in", { peer: c.env.peer });
      return c.redirect(next, 303);
    });
    app.post("/logout", (c) => {
      this.#sessions.end(c.var.session);
      deleteCookie(c, cookieOf(c), { path: "/" });
      return c.redirect("/login", 303);
    });
  }

  /** @throws {SmarteyeError} `unauthenticated` or `rate_limited`. */
  #admit(secret: string, peer: string): void {
    const admission = this.#secrets.admit(secret, peer);
    if (admission === "admitted") return;
    if (admission === "wrong") {
      this.options.log.warn("{peer} gave a wrong password or token", { peer });
      throw new SmarteyeError("unauthenticated", "That is not the password.");
    }
    const { later } = admission;
    throw new SmarteyeError(
      "rate_limited",
      `Too many wrong tries: the next one is taken in ${later} s.`,
      { retryAfterMs: later * 1000 },
    );
  }

  #addRefusals(): void {
    this.app.notFound((c) =>
      refuse("not_found", `Cannot find ${c.req.path}: there is no such path`)
    );
    this.app.onError((error) => {
      const { code, message, retryAfterMs } = asSmarteyeError(error, "answer the request");
      if (ERRORS[code].http === 500) this.options.log.error("{message}", { message });
      return refuse(code, message, { retryAfterS: Math.ceil((retryAfterMs ?? 1000) / 1000) });
    });
  }
}

/** Nothing of it is kept by who hands it on; files have their version in their path. */
const noStore: MiddlewareHandler<UiEnv> = async (c, next) => {
  await next();
  const isFixed = c.req.path.startsWith("/assets/") && c.res.status === 200 &&
    c.req.url.includes("?");
  c.res.headers.set("cache-control", isFixed ? "private, max-age=31536000, immutable" : "no-store");
};

/** A cookie is for all ports of a host: the name tells whose it is. */
function cookieOf(c: UiContext): string {
  return `session_${new URL(c.req.url).port || "80"}`;
}

/** @throws {SmarteyeError} where it is neither JSON nor a form. */
function sentOf(type: string | undefined, bytes: Uint8Array): Sent {
  if (bytes.length === 0) return { kind: "nothing" };
  const text = new TextDecoder().decode(bytes);
  const media = (type ?? "").split(";")[0]!.trim().toLowerCase();
  if (media === "application/x-www-form-urlencoded") {
    return { kind: "form", fields: Object.fromEntries(new URLSearchParams(text)) };
  }
  if (media !== "application/json") {
    const detail = "Cannot read what was sent: JSON or a form is wanted";
    throw new SmarteyeError("unsupported_media_type", detail);
  }
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (cause) {
    throw new SmarteyeError("invalid_argument", "Cannot read what was sent: it is no JSON", {
      cause,
    });
  }
}
