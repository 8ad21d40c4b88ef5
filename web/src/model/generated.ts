/* Written by `npm run types` from the server's JSON Schemas: do not edit. */

/**
 * One position behind a finding: ms, degrees, kn, degrees.
 * 
 * @minItems 7
 * @maxItems 7
 */
export type TrackPoint = [number, number, number, (number | null), (number | null), (number | null), number]

export interface Nouns {
Alert?: Alert
AssetAhead?: AssetAhead
AssetRef?: AssetRef
Reason?: Reason
ShipRef?: ShipRef
Waters?: Waters
Candidate?: Candidate
Fault?: Fault
AreaRef?: AreaRef
Finding?: Finding
InputQuality?: InputQuality
SourceRef?: SourceRef
Threshold?: Threshold
TrackPoint?: TrackPoint
Uncertain?: Uncertain
Handover?: Handover
Risk?: Risk
Area?: Area
Silence?: Silence
Call?: Call
Comment?: Comment
Pledge?: Pledge
Step?: Step
Work?: Work
}
/**
 * One line in the queue: one ship (or a group) and one system of assets.
 */
export interface Alert {
id: string
revision: number
tier: ("act" | "challenge" | "look" | "notice")
highest_tier: ("act" | "challenge" | "look" | "notice")
state: ("closed" | "lowered" | "raised" | "retracted")
ship: ShipRef
asset: AssetRef
/**
 * At most 130 characters: tier, ship, what since when, which asset in how long, chance, waters.
 */
first_line: string
/**
 * Position, speed from-to, strongest counter-reason, doubtful inputs, whom to call.
 */
second_line?: string
/**
 * When what it speaks of began, ms.
 */
start_t: number
/**
 * When it was first raised, event time, ms.
 */
raised_t: number
updated_t: number
closed_t?: (number | null)
known_from_t: number
/**
 * Chance, 0..1.
 */
risk: number
consequence?: number
reasons?: Reason[]
counter_reasons?: Reason[]
/**
 * Ids of the findings behind it.
 */
findings?: string[]
ahead?: AssetAhead[]
waters?: (Waters | null)
/**
 * Id of the case that it belongs to: alerts of one ship that overlap in time and have one cause.
 */
case?: string
/**
 * What its leading sign measured when it was raised: `speed`, `attitude`, `silence`, `way`; `fault` near a declared fault, `together` for many ships at once.
 */
cause?: string
/**
 * Id of the group of ships that do the same thing at once.
 */
group?: string
group_size?: number
/**
 * The declared fault that lowered its threshold, if any.
 */
fault_id?: string
/**
 * `true`, `benign: why`, `unknown`; set by a person.
 */
outcome?: string
simulated?: boolean
/**
 * True in a drill: the ship does not exist, and nobody outside the drill is to be called.
 */
exercise?: boolean
}
/**
 * Which ship a finding speaks of, as known when it was made.
 */
export interface ShipRef {
mmsi: number
/**
 * `<mmsi>-<n>`: one unbroken kinematic track under an MMSI; two hulls on one MMSI have two.
 */
track_id: string
/**
 * `imo:<number>` where an IMO is known, else `mmsi:<mmsi>`.
 */
hull_id?: string
imo?: number
name?: string
callsign?: string
/**
 * Ship type in words.
 */
type?: string
length_m?: (number | null)
breadth_m?: (number | null)
draught_m?: (number | null)
/**
 * True for ships that do not exist; drawn and exported as SIMULATED.
 */
simulated?: boolean
}
/**
 * The asset that a finding concerns, and where along it.
 */
export interface AssetRef {
id: string
name: string
kind: string
system: string
/**
 * Kilometre point along the route from its first vertex, km.
 */
kp_km?: (number | null)
kp_sigma_km?: (number | null)
version?: number
visibility?: string
}
/**
 * One reason for, against or instead: a sentence, and its weight in the chance (log-odds, natural log).
 */
export interface Reason {
text: string
weight?: number
/**
 * Name of the measured value behind it.
 */
measure?: string
}
/**
 * An asset on a ship's way: when she is there, if she goes on as she does.
 */
export interface AssetAhead {
asset: AssetRef
minutes: number
minutes_low: number
minutes_high: number
/**
 * Chance that she crosses it within the horizon.
 */
chance: number
/**
 * What it rests on: `history` of past traffic, her own `motion`, or `steady` courses.
 */
by?: string
/**
 * False beyond six hours, where no forecast was ever measured.
 */
validated?: boolean
/**
 * Median of the closest approach, km; 0 when more than half of her likely ways cross it.
 */
closest_km?: (number | null)
/**
 * Chance that she stops or anchors within 500 m of it.
 */
stop_chance?: (number | null)
}
/**
 * Whose waters a ship is in, and when she leaves them at her present course and speed.
 */
export interface Waters {
name: string
/**
 * `territorial sea`, `EEZ`, `high seas`, `unknown`.
 */
kind?: string
minutes_left?: (number | null)
}
/**
 * One ship that could have done it, with what speaks for and against.
 */
export interface Candidate {
rank: number
/**
 * None: a ship nobody saw.
 */
ship: (ShipRef | null)
/**
 * Posterior probability; all candidates of a fault together make 1.
 */
chance: number
/**
 * When she crossed or came closest, ms.
 */
crossed_t?: (number | null)
distance_m?: (number | null)
distance_sigma_m?: (number | null)
kp_km?: (number | null)
speed_before_kn?: (number | null)
speed_at_kn?: (number | null)
speed_after_kn?: (number | null)
speaks_for?: Reason[]
speaks_against?: Reason[]
ahead?: AssetAhead[]
waters?: (Waters | null)
last_t?: (number | null)
last_lat?: (number | null)
last_lon?: (number | null)
/**
 * What a person may read out on the radio. Nothing is ever transmitted by this system.
 */
script?: string
}
/**
 * A fault as declared, and its ranking as far as it is known.
 */
export interface Fault {
id: string
revision?: number
state?: ("cleared" | "open")
asset: AssetRef
kp_from_km?: (number | null)
kp_to_km?: (number | null)
from_t: number
to_t?: (number | null)
declared_t: number
known_from_t: number
actor?: string
note?: string
candidates?: Candidate[]
ships_considered?: number
/**
 * What could not be seen in place and time, in a sentence.
 */
blind?: string
exercise?: boolean
}
/**
 * The area that a finding concerns: a circle, and a polygon where one is known.
 */
export interface AreaRef {
/**
 * Names the area within its kind and start; the same in every run.
 */
id: string
/**
 * Of the centre, degrees.
 */
lat: number
lon: number
radius_m: number
/**
 * Ring of (lon, lat), degrees.
 */
polygon?: [number, number][]
}
/**
 * What was seen of one ship, near one asset where there is one, between two times.
 */
export interface Finding {
/**
 * Derived from kind, ship's track, asset and start: the same observation has the same id in every run.
 */
id: string
/**
 * From 1; each revision supersedes the one before it.
 */
revision: number
kind: string
state: ("closed" | "open" | "retracted")
ship: ShipRef
asset?: (AssetRef | null)
/**
 * Where it speaks of many ships or of a feed; `ship` is then `NO_SHIP`.
 */
area?: (AreaRef | null)
/**
 * ms.
 */
start_t: number
/**
 * ms; None while it goes on.
 */
end_t?: (number | null)
/**
 * When this revision became known, ms.
 */
known_from_t: number
/**
 * When it was superseded or retracted, ms.
 */
known_to_t?: (number | null)
measured?: Uncertain[]
thresholds?: Threshold[]
track?: TrackPoint[]
input_quality?: (InputQuality | null)
/**
 * What else could explain it.
 */
benign?: Reason[]
sources?: SourceRef[]
settings_hash?: string
code_version?: string
/**
 * Of the learned model that it was read by, where it was.
 */
model_hash?: string
simulated?: boolean
why_retracted?: string
}
/**
 * A value with its own error: every measured quantity of a finding is one of these.
 */
export interface Uncertain {
name: string
value: (number | null)
unit: string
/**
 * Standard error in the same unit; None when it is not known.
 */
sigma?: (number | null)
/**
 * Known bias, already removed from `value`.
 */
bias?: number
/**
 * How it was measured, in a few words.
 */
method?: string
}
/**
 * A limit that a measured value was held against.
 */
export interface Threshold {
name: string
value: number
unit: string
/**
 * Dotted name of the setting it came from.
 */
setting: string
}
/**
 * How good the positions under a finding were.
 */
export interface InputQuality {
positions: number
median_interval_s: (number | null)
longest_gap_s: (number | null)
/**
 * Positions with any trust bit set.
 */
doubted: number
/**
 * Share of positions that carried a heading.
 */
heading_share: number
/**
 * The weakest provenance among them.
 */
provenance: string
}
/**
 * Where the positions behind a finding can be looked up.
 */
export interface SourceRef {
source: string
file?: string
first_offset?: number
last_offset?: number
receivers?: string[]
}
/**
 * A watch handed over: offered by one person, taken by another, each with their name to it.
 */
export interface Handover {
id: string
t: number
given_by: string
note?: string
taken_t?: (number | null)
taken_by?: string
}
/**
 * Risk of one ship to one asset at one time.
 */
export interface Risk {
t: number
ship: ShipRef
asset: AssetRef
/**
 * Probability that this ship is damaging or will damage this asset within the horizon.
 */
chance: number
/**
 * The asset's weight.
 */
consequence: number
reasons?: Reason[]
counter_reasons?: Reason[]
findings?: string[]
ahead?: AssetAhead[]
}
/**
 * A circle.
 */
export interface Area {
lat: number
lon: number
radius_m: number
}
/**
 * Alerts that somebody does not want to hear of until a time: those that fit all that is named.
 * 
 *     It never covers an asset that was not at stake when it was made, nor an alert that has risen since.
 */
export interface Silence {
id: string
t: number
actor: string
until_t: number
why: string
/**
 * 0: any ship.
 */
mmsi?: number
/**
 * Kind of finding; empty: any.
 */
kind?: string
area?: (Area | null)
/**
 * Assets that were at stake when it was made; no other is covered.
 */
assets?: string[]
/**
 * Highest tier among the alerts that it covered when it was made; a higher one is not covered.
 */
tier?: ("act" | "challenge" | "look" | "notice")
ended_t?: (number | null)
}
/**
 * One call: who was asked what, and the exact answer.
 */
export interface Call {
t: number
actor: string
whom: string
answer?: string
kind?: ("none" | "satisfying" | "unsatisfying")
}
/**
 * A remark.
 */
export interface Comment {
t: number
actor: string
text: string
}
/**
 * Something promised by a time: "revolutions reported by 16:50".
 */
export interface Pledge {
id: string
t: number
actor: string
text: string
due_t: number
kept_t?: (number | null)
kept_by?: string
}
/**
 * An alert's entry into a phase.
 */
export interface Step {
phase: ("challenge" | "detect" | "dispatch" | "order" | "preserve" | "release" | "stopped" | "verify")
t: number
actor: string
}
/**
 * What has been done about one alert, as known at a time.
 */
export interface Work {
alert_id: string
phase?: ("challenge" | "detect" | "dispatch" | "order" | "preserve" | "release" | "stopped" | "verify")
steps?: Step[]
acknowledged_t?: (number | null)
acknowledged_by?: string
assigned_to?: string
/**
 * The unit that was tasked.
 */
unit?: string
/**
 * Points of the checklist that are done.
 */
checked?: string[]
calls?: Call[]
promises?: Pledge[]
comments?: Comment[]
escalated_t?: (number | null)
escalated_to?: string
/**
 * Legal hold: nothing behind this alert may be forgotten.
 */
hold?: boolean
outcome?: string
}
