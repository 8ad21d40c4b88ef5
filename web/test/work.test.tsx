import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { App } from "../src/app";
import { Dossier } from "../src/cards/dossier";
import { WorkSection } from "../src/cards/work";
import { ApiError } from "../src/live/api";
import { createDetail } from "../src/live/detail";
import { loud } from "../src/live/sound";
import { HandoverForm, PostureForm, SilenceForm } from "../src/ui/desk_dialogs";
import { SignIn } from "../src/ui/signin";
import { createTheme } from "../src/ui/theme";
import { AT, challenge, desk, MIN, offered, tow } from "./named";
import { draw, roomWith, said, settle } from "./room";

function press(place: Element, label: string): void {
  const button = [...place.querySelectorAll("button")].find((b) => said(b).includes(label));
  if (!button) throw new Error(`no button ${label} in ${said(place)}`);
  act(() => button.click());
}

function type(place: Element, selector: string, text: string): void {
  const field = place.querySelector(selector) as HTMLInputElement;
  act(() => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function room(over = {}) {
  const store = roomWith(over);
  store.alerts.value = [challenge];
  store.cursor.value = challenge.id;
  store.desk.value = desk;
  store.actor.value = "Ane";
  return store;
}

describe("the work on EXAMPLE WANDERER", () => {
  it("shows phase, calls, promises with their time, and who did it", () => {
    const text = said(draw(<WorkSection store={room()} alert={challenge} />));
    expect(text).toContain("seen by Ane");
    expect(text).toContain("called the bridge: “both anchors home” (satisfying)");
    expect(text).toContain("revolutions reported by 10:52Z in 10 min");
  });
  it("moves to a phase, ticks a point, keeps a promise", async () => {
    const store = room();
    const place = draw(<WorkSection store={store} alert={challenge} />);
    press(place, "dispatch");
    press(place, "Kept");
    act(() => (place.querySelector("input[type=checkbox]") as HTMLInputElement).click());
    await settle();
    const did = vi.mocked(store.api.act).mock.calls.map(([, action, body]) => [action, body]);
    expect(did).toContainEqual(["phase", { actor: "Ane", t: AT, phase: "dispatch" }]);
    expect(did).toContainEqual(["keep", { actor: "Ane", t: AT, id: "p-1" }]);
    expect(did).toContainEqual([
      "check",
      { actor: "Ane", t: AT, text: "position checked against another source", on: true },
    ]);
  });
  it("records a call with its exact answer and the promise", async () => {
    const store = room();
    const place = draw(<WorkSection store={store} alert={challenge} />);
    type(place, "textarea", "stand by");
    type(place, "fieldset input", "a photo");
    act(() => (place.querySelector("form") as HTMLFormElement).requestSubmit());
    await settle();
    const did = vi.mocked(store.api.act).mock.calls.map(([, action, body]) => [action, body]);
    expect(did[0]).toEqual([
      "call",
      { actor: "Ane", t: AT, whom: "the bridge", text: "stand by", kind: "none" },
    ]);
    expect(did[1]).toEqual(["promise", { actor: "Ane", t: AT, text: "a photo", due_t: AT + 10 * MIN }]);
  });
  it("says when nobody has acknowledged in time", () => {
    const store = room();
    store.desk.value = { ...desk, works: {}, escalated: [challenge.id] };
    expect(said(draw(<WorkSection store={store} alert={challenge} />))).toContain(
      "Nobody acknowledged in time",
    );
  });
});

describe("the dialogs of the desk", () => {
  it("silence asks why and until when, and says what it never covers", async () => {
    const store = room();
    const place = draw(<SilenceForm store={store} onDone={() => undefined} />);
    expect(said(place)).toContain("A new asset or a worse tier is heard");
    type(place, "textarea", "a declared tow");
    act(() => (place.querySelector("form") as HTMLFormElement).requestSubmit());
    await settle();
    expect(store.api.silence).toHaveBeenCalledWith({
      actor: "Ane",
      t: AT,
      alert: challenge.id,
      by: ["ship", "asset"],
      until_t: AT + 60 * MIN,
      text: "a declared tow",
    });
  });
  it("a silence can be ended", async () => {
    const store = room();
    store.desk.value = { ...desk, silences: [tow], silenced: { [challenge.id]: tow.id } };
    press(draw(<SilenceForm store={store} onDone={() => undefined} />), "Hear it again");
    await settle();
    expect(store.api.endSilence).toHaveBeenCalledWith(tow.id, { actor: "Ane", t: AT });
  });
  it("a posture has a name and a reason", async () => {
    const store = room();
    const place = draw(<PostureForm store={store} onDone={() => undefined} />);
    act(() => (place.querySelectorAll("input[type=radio]")[2] as HTMLInputElement).click());
    type(place, "textarea", "a fault next door");
    act(() => (place.querySelector("form") as HTMLFormElement).requestSubmit());
    await settle();
    expect(store.api.posture).toHaveBeenCalledWith({
      level: "high",
      text: "a fault next door",
      actor: "Ane",
      t: AT,
    });
  });
  it("a watch is offered by one and taken by another", async () => {
    const store = room();
    act(() =>
      (
        draw(<HandoverForm store={store} onDone={() => undefined} />).querySelector("form") as HTMLFormElement
      ).requestSubmit(),
    );
    await settle();
    expect(store.api.giveWatch).toHaveBeenCalled();
    store.desk.value = { ...desk, handovers: [offered] };
    expect(said(draw(<HandoverForm store={store} onDone={() => undefined} />))).toContain(
      "under another name",
    );
    store.actor.value = "Ben";
    press(draw(<HandoverForm store={store} onDone={() => undefined} />), "Take the watch");
    act(() => (document.querySelector("form") as HTMLFormElement).requestSubmit());
    await settle();
    expect(store.api.takeWatch).toHaveBeenCalledWith("h-1", { actor: "Ben", t: AT });
  });
});

describe("signing in", () => {
  it("stands before everything where there are accounts", () => {
    const store = room();
    store.me.value = { needed: true, name: "", role: "", groups: [] };
    const place = draw(
      <App store={store} detail={createDetail()} theme={createTheme()} onSignedIn={() => undefined} />,
    );
    expect(place.querySelector("form[aria-label='Sign in']")).not.toBeNull();
    expect(said(place)).not.toContain("EXAMPLE WANDERER");
  });
  it("says when the name and the password do not fit", async () => {
    const store = room({
      signIn: vi.fn(async () => {
        throw new ApiError("that name and password do not fit", 401);
      }),
    });
    const place = draw(<SignIn store={store} onDone={() => undefined} />);
    type(place, "input", "ane");
    type(place, "input[type=password]", "x");
    act(() => (place.querySelector("form") as HTMLFormElement).requestSubmit());
    await settle();
    expect(said(place)).toContain("do not fit");
  });
});

describe("the alarm", () => {
  const act_ = { ...challenge, tier: "act" as const };
  it("is for a critical alert that nobody has seen", () => {
    const store = room();
    store.desk.value = { ...desk, works: {} };
    expect(loud(store)).toEqual([]);
    store.alerts.value = [act_];
    expect(loud(store)).toEqual([challenge.id]);
    store.desk.value = desk;
    expect(loud(store)).toEqual([]);
    store.desk.value = { ...desk, works: {}, silenced: { [challenge.id]: "s" } };
    expect(loud(store)).toEqual([]);
    store.alerts.value = [challenge];
    store.desk.value = { ...desk, works: {}, escalated: [challenge.id] };
    expect(loud(store)).toEqual([challenge.id]);
  });
});

describe("the dossier", () => {
  it("shows the zone log at one click, with who has the watch and the silences", async () => {
    const store = room();
    const place = draw(
      <Dossier facts={{ positions: 12 }} mmsi={999000017} at={AT} ask={store.api.dossier} />,
    );
    press(place, "Zone log");
    await settle();
    const text = said(place);
    expect(text).toContain("Who has the watch now: MRCC Turku");
    expect(text).toContain("territorial sea EE for 60 min, handed over to MRCC Turku");
    expect(text).toContain("silent for 30 min");
  });
});
