/** What the page says of the package's switchovers, in short names. */
import type {
  DcsEvent,
  Doubt,
  SwitchoverGoal,
  SwitchoverPlan,
  SwitchoverRecord,
  SwitchoverReport,
} from "huaweicloud-dcs";

/** Where the master shall be. */
export type Goal = SwitchoverGoal;
export type { Doubt };
/** What happened, and how it is known. */
export type Report = SwitchoverReport;
/** What a switchover would do, from reads alone. */
export type Plan = SwitchoverPlan;
/** What is written down of a switchover before its swap leaves. */
export type Intent = SwitchoverRecord;
export type Told = DcsEvent;
