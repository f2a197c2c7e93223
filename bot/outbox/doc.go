// Package outbox carries what a turn decided to whoever it is for: to the resident
// through LINE, to the desk, to an alarm, to the key store. It is where "nothing is
// lost" and "nothing happens twice" meet a network that does not answer.
//
// The commit of a turn leaves parcels; [Outbox.Run] takes them on while the lane's
// lease is held. Parcels leave in order per person and per destination, and no
// destination waits for another: a LINE that hangs delays no alarm.
//
//	desk, alarm, keys  tried until done, for ever; shown red after ten seconds
//	line               freeze an envelope → note the attempt → send → settle
//
// An envelope is up to five message objects, frozen together with the reply token
// it will use, under an id made of its parcels' ids. That it lies in the store at
// all says that it may have been sent: who finds one tries exactly the same again,
// with the same token or the same retry key, and what LINE answers then tells what
// happened the first time (verdict.go has the table). Only what is known not to
// have been accepted is taken apart again, to ride on the next reply token.
//
// What cannot be delivered becomes a letter ([Outbox.List]) that a coordinator
// sends again or drops. Every move is one script in lua/, fenced by the lease and
// by the envelope's id and try.
package outbox
