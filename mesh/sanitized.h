/* SPDX-License-Identifier: Apache-2.0 */
/* sanitized: is this build watched by AddressSanitizer? It reserves far more address space than it
 * uses, and looks into itself at the end. */
#ifndef MATSANG_MESH_SANITIZED_H
#define MATSANG_MESH_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
