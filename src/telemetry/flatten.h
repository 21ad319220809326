/* SPDX-License-Identifier: MIT */
/* flatten.h: objects with one level of members, as the service keeps them, without anything that tells where
   a machine is on the network (logging-and-stats.md §5.2, wire.md §13.3). */
#ifndef SP_TELEMETRY_FLATTEN_H
#define SP_TELEMETRY_FLATTEN_H

#include "base/json.h"

/* Writes the members of `object` into the open object of `w`: keys of nested objects joined by "_", elements
   of arrays as "_[i]", booleans as the texts "true" and "false". Left out at every depth: address-like keys
   in any letter case and live objects of the host ({"$session":...}); at the top also `name`. `rename_tracks`:
   tracks becomes localTrack, remoteTracks becomes remoteTrack. */
void sp_flatten(sp_jw *w, const sp_json *object, bool rename_tracks);

#endif
