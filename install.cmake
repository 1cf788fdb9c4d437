# SPDX-License-Identifier: Apache-2.0
# install: where everything goes. The units name /usr, so that is the prefix; what stands in /etc is
# the machine's own. `cmake --install DIR --component node` takes the node alone.
include(GNUInstallDirs)
set(SYSTEMD_DIR lib/systemd)
set(OURS ${CMAKE_INSTALL_DATADIR}/matsang)

install(TARGETS matsang-node DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT node)
install(TARGETS matsang-gateway matsang-draw DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT gateway)
install(TARGETS matsang DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT gateway)

# ---- both ----
foreach(part node gateway)
	install(FILES mesh/matsang.tmpfiles DESTINATION lib/tmpfiles.d RENAME matsang.conf COMPONENT ${part})
	install(FILES broker-config/openssl-node.cnf DESTINATION /etc/matsang COMPONENT ${part})
	install(PROGRAMS mesh/ping-right DESTINATION lib/matsang COMPONENT ${part})
	install(FILES ${part}/matsang-${part}.sysusers DESTINATION lib/sysusers.d RENAME matsang-${part}.conf
		COMPONENT ${part})
	install(FILES ${part}/example.jsonc DESTINATION ${OURS}/examples RENAME ${part}.jsonc COMPONENT ${part})
endforeach()

# ---- node ----
install(FILES node/matsang-node.service node/matsang-node-stuck.service DESTINATION ${SYSTEMD_DIR}/system COMPONENT node)
install(TARGETS matsang-eye DESTINATION lib/matsang COMPONENT node)
install(PROGRAMS node/node-stuck DESTINATION lib/matsang COMPONENT node)
install(FILES node/60-matsang-gpio.rules DESTINATION lib/udev/rules.d COMPONENT node)
install(FILES node/matsang-watchdog.conf node/matsang-journal.conf DESTINATION ${OURS}/examples COMPONENT node)
install(FILES hw/pins.md hw/bom.csv hw/wiring.svg hw/overlay.dts DESTINATION ${OURS}/hw COMPONENT node)

# ---- gateway ----
install(FILES gateway/matsang-gateway.service DESTINATION ${SYSTEMD_DIR}/system COMPONENT gateway)
# The programs look for it in ../share/locale from where they are.
install(FILES ${CATALOGUE} DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/vi/LC_MESSAGES COMPONENT gateway)
install(FILES gateway/gammu-smsdrc gateway/gammu-smsd.conf gateway/gammu-spool.conf gateway/matsang-sms.conf
	DESTINATION ${OURS}/examples COMPONENT gateway)
install(FILES gateway/60-matsang.rules DESTINATION ${CMAKE_INSTALL_DATADIR}/polkit-1/rules.d COMPONENT gateway)
install(FILES broker-config/mosquitto.conf broker-config/acl broker-config/openssl.cnf
	DESTINATION /etc/matsang/broker COMPONENT gateway)
install(TARGETS matsang_broker LIBRARY DESTINATION lib/matsang COMPONENT gateway)
install(FILES broker-config/mosquitto.service.d/matsang.conf DESTINATION ${SYSTEMD_DIR}/system/mosquitto.service.d
	COMPONENT gateway)

# ---- manual pages ----
find_program(SCDOC scdoc)
if(NOT SCDOC)
	message(STATUS "no scdoc here: no manual pages are installed")
	return()
endif()
# page(PART SOURCE): PART/…/NAME.SECTION.scd becomes the page NAME(SECTION).
function(page part source)
	get_filename_component(name ${source} NAME_WLE)
	string(REGEX REPLACE ".*\\." "" section ${name})
	add_custom_command(OUTPUT ${name} DEPENDS ${PROJECT_SOURCE_DIR}/${source}
		COMMAND ${SCDOC} < ${PROJECT_SOURCE_DIR}/${source} > ${name})
	add_custom_target(page-${name} ALL DEPENDS ${name})
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section}
		COMPONENT ${part})
endfunction()
page(node node/matsang-node.8.scd)
page(node node/matsang-node.jsonc.5.scd)
page(gateway gateway/matsang-gateway.8.scd)
page(gateway gateway/matsang-gateway.jsonc.5.scd)
page(gateway gateway/cli/matsang.1.scd)
