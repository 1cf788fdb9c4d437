/* SPDX-License-Identifier: Apache-2.0 */
/* show: the gateway's answers in words, for people at a terminal. */
#ifndef MATSANG_GATEWAY_CLI_SHOW_H
#define MATSANG_GATEWAY_CLI_SHOW_H

#include "gateway/compose.h"

struct cJSON;

void show_status(const struct cJSON *status, const struct cJSON *incidents, enum language lang);
void show_points(const struct cJSON *points, enum language lang);
void show_point(const struct cJSON *point, enum language lang);
void show_incidents(const struct cJSON *incidents, enum language lang);
void show_incident(const struct cJSON *incident, enum language lang);
void show_window(const struct cJSON *window, enum language lang);
void show_planned(const struct cJSON *planned, enum language lang);
/* What was taken on standard output; what was refused, with its line in file, on standard error. */
void show_calendar(const struct cJSON *calendar, const char *file, enum language lang);

#endif
