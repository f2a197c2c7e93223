// Package emulator is LINE as seen from our side of the wire: it signs and
// delivers webhooks, answers the Messaging API, keeps LINE's rules to the letter
// and misbehaves on request. It is part of the product: `engawa demo` talks to
// it, every end-to-end test does, and a city can try its words on the phone page
// (/phone) before a single resident sees them.
//
// Three doors lead in:
//
//   - the HTTP API that a bot calls (routes.go, one handler per file of its kind),
//     which refuses what LINE refuses: shapes.go holds what an object may hold,
//     check.go walks a request along it, limits.go and limits_flex.go count;
//   - the Go API for tests: SendText, Tap, Batch, Redeliver, Messages, Await,
//     Requests, Fault (resident.go, webhook.go, talk.go, faults.go);
//   - the phone page for people (phone.go, static/).
//
// Nothing is kept beyond the process, and nothing ever leaves it except the
// webhooks to the address it was given.
package emulator
