// Package line is the only code that knows LINE: how its webhooks look and are
// signed, how its API is called and what its errors mean, what a message may
// hold and how our bubbles become LINE messages.
//
// Inbound: [Verify] the raw body, split it with [Envelope], read each event with
// [Parse]. Outbound: [Render] makes LINE message objects from an effect of the
// dialogue, [Client] hands them over. Nothing here stores, retries or decides;
// every error says what is known about the outcome ([Error].Kind), and no error
// or log line holds a person's words, an id of theirs, or a token.
package line
