// Package bot carries a person's words to the dialogue and the answer back.
// There is no code here: read this, then the folders in this order.
//
//	LINE ─▶ webhook    check the signature, seal, store, 200
//	          ▼
//	        inbox      N lanes; a person's events wait in order; leases share the lanes
//	          ▼
//	        dialogue   one turn: open, Read, Step, one fenced commit of everything at once
//	          │  ├──▶  people   what we keep of a person: pseudonym, sealed id, state, words
//	          │  └──▶  ledger   counts that add up, the journal, what could not be read
//	          ▼
//	        outbox     parcels: to LINE, the desk, an alarm, the key store
//	          ▼
//	LINE, desk, alarm  ── what the desk does comes back as an event in the person's lane
package bot
