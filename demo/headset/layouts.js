// SPDX-License-Identifier: MIT
// Report descriptors of real telephony headsets, in a short notation: report id, then items of size x count, kind
// (abs, rel, arr; c = constant) and usages, the page in front. `nested` items stand in a collection inside.

export const LAYOUTS = `
device F1 0B0E:0307 Jabra EVOLVE LINK MS
collection 0B/05
in 02: 1x2 abs 0B20 0B97 | 1x4 rel 0B2F 0B21 0B24 0B50 | 1x1 abs 0B07 | nested 4x1 arr 0BB0-0BBB | 1x5 c
out 02: 1x5 abs 0817 0809 0818 0820 0821 | 1x1 abs 0B9E | 1x10 c

device F4 047F:C056 Plantronics Blackwire 3220 Series
collection 0B/05
in 08: 1x1 rel 0B2F | 1x2 abs 0B20 0B21 | 1x5 c
out 09: 1x1 abs 0809 | 1x7 c
out 17: 1x1 abs 0817 | 1x7 c
out 18: 1x1 abs 0818 | 1x7 c
out 1E: 1x1 abs 081E | 1x7 c
out 20: 1x1 abs 0820 | 1x7 c
out 2A: 1x1 abs 082A | 1x7 c

device F7 1395:00A9 EPOS IMPACT D
collection 0B/05
in 02: 1x2 abs 0CEA 0CE9 | 1x1 abs 0B20 | 1x4 rel 0B21 0B24 0B2F 0B26 | 1x1 arr 0B07 0901
out 03: 1x1 abs 0B9E | 1x6 abs 0817 0821 0818 0809 082A 0820 | 1x1 c

device F10 6993:B02B Yealink WH66
collection 0B/05
in 02: 1x2 abs 0B20 0B97 | 1x4 rel 0B2F 0B21 0B24 0B50 | 1x1 abs 0B07 | nested 4x1 arr 0BB0-0BBB | 1x5 c
out 02: 1x5 abs 0817 0809 0818 0820 0821 | 1x1 abs 0B9E | 1x10 c
collection FF30/05
in 04: 1x2 abs FF30:0020 FF30:0097 | 1x4 rel FF30:002F FF30:0021 FF30:0024 FF30:0050 | 1x1 abs FF30:FFFD | 1x9 c
out 04: 1x5 abs FF40:0017 FF40:0009 FF40:0018 FF40:0020 FF40:0021 | 1x3 c

device F11 046D:0A37 Logi USB Headset H540
collection 0C/01
in 01: 1x7 abs 0CE9 0CEA 0CE2 0CB5 0CB6 0CCD 0CB7 | 1x1 c
collection FF00/01
in 02: 8x4 abs FF00:0001
out 03: 8x4 abs FF00:0002
`;
