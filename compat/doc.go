// Package compat compares what postferry says to X and Instagram with the services' own machine-readable contracts: X's OpenAPI
// document and the Graph API specs, and what the stand-ins of internal/sim answer with the former. It holds nothing but tests.
//
// The documents are their owners' and are not in this repository; `scripts/compat.sh FOLDER` names the folder that has them:
//
//	x-openapi.json                        https://api.x.com/2/openapi.json
//	instagram/IGMedia.json, …             https://github.com/facebook/facebook-business-sdk-codegen, api_specs/specs
//	instagram/samples/*.json              bodies as https://github.com/restfb/restfb records them
//
// Without it the tests that need them are skipped; those of the comparison itself are not.
package compat
