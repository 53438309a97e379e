/** The profile that nobody measured, where tests look for it. */

export { syntheticProfile } from "../../lab/contract/synthetic_profile.ts";
