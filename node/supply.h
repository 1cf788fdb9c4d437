/* SPDX-License-Identifier: Apache-2.0 */
/* supply: how the board is fed, from the kernel's hwmon and power_supply classes and the UPS's own
 * line. */
#ifndef MATSANG_NODE_SUPPLY_H
#define MATSANG_NODE_SUPPLY_H

#include "node/state.h"

enum { SUPPLY_LOW_PERCENT = 20, SUPPLY_UNKNOWN = 255 };

/*
 * Read what there is below root ("/sys" on a board). ups: name of the fuel gauge in
 * class/power_supply; "auto" for the first of type Battery, "" for none. power_good: the UPS's own
 * line, 1 fed from outside, 0 from the battery; -1 not fitted.
 */
struct supply supply_read(const char *root, const char *ups, int power_good);

#endif
