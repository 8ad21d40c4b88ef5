import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { AssetView } from "../src/cards/asset";
import { FaultView } from "../src/cards/fault";
import { declaration, FaultForm } from "../src/cards/fault_form";
import { AT, assets, clion, estlink, fault, MIN, nautica, slowing, wanderer } from "./named";
import { draw, said, settle } from "./room";

const fields = {
  asset: "estlink-1",
  kpFrom: "",
  kpTo: "",
  from: "2024-12-25 09:42",
  to: "2024-12-25 10:42",
  note: "",
  actor: "",
};

const submit = (place: HTMLElement) =>
  act(() => {
    place.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
  });

describe("a declaration", () => {
  it("needs little", () => {
    expect(declaration(fields)).toEqual({
      asset: "estlink-1",
      kp_from_km: undefined,
      kp_to_km: undefined,
      from_t: AT - 60 * MIN,
      to_t: AT,
      note: undefined,
      actor: "operator",
    });
  });
  it.each([
    [{ asset: "" }, "Choose the asset"],
    [{ from: "noon" }, "earliest time"],
    [{ to: "2024-12-25 08:00" }, "before the earliest"],
    [{ kpFrom: "x" }, "A KP is a number"],
    [{ kpFrom: "60", kpTo: "30" }, "smaller than the first"],
  ])("says what is wrong with %o", (over, words) =>
    expect(declaration({ ...fields, ...over })).toContain(words),
  );
  it("takes a decimal comma", () =>
    expect(declaration({ ...fields, kpFrom: "12,5" })).toMatchObject({ kp_from_km: 12.5 }));
});

describe("the form", () => {
  it("starts two hours back, at the asset it was asked for, and sends what it shows", async () => {
    const onDeclare = vi.fn(async () => undefined);
    const place = draw(
      <FaultForm
        assets={assets}
        asset="estlink-1"
        at={AT}
        actor="Ane"
        onActor={() => undefined}
        onDeclare={onDeclare}
      />,
    );
    submit(place);
    await settle();
    expect(onDeclare).toHaveBeenCalledWith(
      expect.objectContaining({ asset: "estlink-1", from_t: AT - 120 * MIN, to_t: AT, actor: "Ane" }),
    );
  });
  it("shows the server's sentence when it refuses", async () => {
    const refuse = vi.fn(async () => {
      throw new Error("There is no such asset");
    });
    const place = draw(
      <FaultForm
        assets={assets}
        asset="estlink-1"
        at={AT}
        actor=""
        onActor={() => undefined}
        onDeclare={refuse}
      />,
    );
    submit(place);
    await settle();
    expect(said(place.querySelector('[role="alert"]')!)).toBe("There is no such asset");
  });
});

describe("the ranking", () => {
  const show = () =>
    draw(
      <FaultView
        fault={fault}
        at={AT}
        onShip={() => undefined}
        onAsset={() => undefined}
        onClear={() => undefined}
      />,
    );
  it("holds EXAMPLE WANDERER, a ship nobody saw, and Stena Nautica", () => {
    const names = [...show().querySelectorAll(".candidate-who strong")].map((s) => s.textContent);
    expect(names).toEqual(["EXAMPLE WANDERER", "A ship nobody saw", "Stena Nautica"]);
  });
  it("shows the first ship's speeds, reasons and script", () => {
    const text = said(show().querySelector(".candidate-body")!);
    expect(text).toContain("Crossed the line inside the window");
    expect(text).toContain("Nothing was found that speaks against it");
    expect(text).toContain("say whether your anchors are home");
    expect(text).toContain("Speed before10.6 kn");
  });
  it("says what could not be seen, and accuses nobody", () => {
    const text = said(show());
    expect(text).toContain("Blind: East of 17° E no receiver reports.");
    expect(text).toContain("they accuse nobody");
  });
});

describe("the asset card of Estlink 1", () => {
  const show = (next = [{ ship: wanderer, kp_km: 41.2, minutes: 55 }]) =>
    draw(
      <AssetView
        card={{
          asset: { ...estlink, sigma_m: 1500, watch_state: "unobserved" },
          length_km: 105,
          near: [{ ship: nautica, distance_m: 5556, kp_km: 8 }],
          next,
          findings: [slowing],
        }}
        at={AT}
        onShip={() => undefined}
        onFault={() => undefined}
      />,
    );
  it("says how well its route is known and whether it is watched", () => {
    const text = said(show());
    expect(text).toContain("± 1,500 m");
    expect(text).toContain("not watched: no receiver covers it");
  });
  it("lists who is near and who comes next", () => {
    const text = said(show());
    expect(text).toContain("Stena Nautica 3.0 NM8.0");
    expect(text).toContain("EXAMPLE WANDERER SIMULATED");
  });
  it("says so when nobody comes", () => expect(said(show([]))).toContain("No ship is forecast to reach it"));
  it("stays apart from C-Lion 1", () => expect(said(show())).not.toContain(clion.name));
});
