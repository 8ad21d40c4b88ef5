/** The asset card: what it is and how well its route is known, who is near, who comes next, what was seen. */

import { Along } from "../desk/along";
import type { Store } from "../live/store";
import type { AssetCard, ShipNear } from "../model/answers";
import { distance, metres, words } from "../ui/format";
import { Fact, Section, ShipCell } from "../ui/parts";
import { FindingItem } from "./findings";

const WATCH: Record<string, string> = {
  observed: "watched along its length",
  thin: "watched thinly: reports are rare here",
  unobserved: "not watched: no receiver covers it",
  jammed: "positions here are jammed or false",
};

function Ships({
  ships,
  at,
  onShip,
  empty,
}: {
  ships: ShipNear[];
  at: string;
  onShip(mmsi: number): void;
  empty: string;
}) {
  if (!ships.length) return <p class="quiet">{empty}</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Ship</th>
          <th scope="col" class="right">
            Distance
          </th>
          <th scope="col" class="right">
            KP
          </th>
          <th scope="col" class="right">
            {at}
          </th>
        </tr>
      </thead>
      <tbody>
        {ships.slice(0, 20).map((s) => (
          <tr key={s.ship.mmsi}>
            <ShipCell ship={s.ship} onShip={onShip} />
            <td class="right num">{s.distance_m == null ? "–" : distance(s.distance_m)}</td>
            <td class="right num">{s.kp_km == null ? "–" : s.kp_km.toFixed(1)}</td>
            <td class="right num">{s.minutes == null ? "–" : `${Math.round(s.minutes)} min`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function AssetView({
  store,
  card,
  at,
  onShip,
  onFault,
}: {
  store?: Store;
  card: AssetCard;
  at: number;
  onShip(mmsi: number): void;
  onFault(): void;
}) {
  const { asset } = card;
  return (
    <article class="asset" aria-label={`Asset ${asset.name}`}>
      <dl class="facts">
        <Fact name="Kind">{words(asset.kind)}</Fact>
        <Fact name="Length">{card.length_km.toFixed(0)} km</Fact>
        <Fact name="Route known to">{asset.sigma_m == null ? "unknown" : `± ${metres(asset.sigma_m)}`}</Fact>
        <Fact name="State">{words(asset.status || "unknown")}</Fact>
        {asset.owner && <Fact name="Owner">{asset.owner}</Fact>}
        {asset.contact && <Fact name="Call">{asset.contact}</Fact>}
      </dl>
      <p class="quiet">
        {asset.watch_state ? `It is ${WATCH[asset.watch_state] ?? asset.watch_state}. ` : ""}
        {asset.accuracy_method && `Accuracy: ${asset.accuracy_method}. `}
        {asset.notes}
      </p>
      <button type="button" class="button danger" onClick={onFault}>
        Declare a fault on {asset.name}
      </button>
      <Along store={store} asset={asset.id} at={at} near={card.near} onShip={onShip}>
        <Section title="Who comes next">
          <Ships ships={card.next} at="In" onShip={onShip} empty="No ship is forecast to reach it." />
        </Section>
      </Along>
      <Section title="Who is near">
        <Ships ships={card.near} at="Since" onShip={onShip} empty="No ship is within 5 NM." />
      </Section>
      <Section title="What was seen here">
        {card.findings.length ? (
          <ul class="findings">
            {[...card.findings]
              .sort((a, b) => b.start_t - a.start_t)
              .slice(0, 25)
              .map((finding) => (
                <li key={finding.id} class="with-ship">
                  <button type="button" class="link" onClick={() => onShip(finding.ship.mmsi)}>
                    {finding.ship.name || finding.ship.mmsi}
                  </button>
                  <ul>
                    <FindingItem finding={finding} at={at} />
                  </ul>
                </li>
              ))}
          </ul>
        ) : (
          <p class="quiet">Nothing so far.</p>
        )}
      </Section>
      {asset.attribution && (
        <p class="quiet">
          Route: {asset.attribution}
          {asset.licence && `, ${asset.licence}`}
        </p>
      )}
    </article>
  );
}
