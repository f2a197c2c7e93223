// Package assist asks a language model for help, where the city has switched one
// on. It is the only code that knows github.com/sashabaranov/go-openai, and the
// house is complete without it: off, unreachable, slow or lying, the model
// changes nothing but how well a guess is made.
//
// # What it may do
//
// For residents a model reads and never writes. [Read] sends the redacted last
// message and the list of entrances as quoted JSON, with no history and no ids,
// and takes back at most three commands of a closed grammar. [Merge] adds them to
// what the local rules found, and can only raise caution: danger and the wish for
// a human are OR-ed, no level is lowered, and nothing is reached that the person's
// own taps do not reach. [Ask] decides what is legal at this place of the talk.
//
// For coordinators it makes a [Summary] whose points name their source sentences,
// [Drafts] that name the cards they rest on, a [Translation] and plain Japanese
// that a fixed verifier lets pass ([Verify]) or replaces by the source. A person
// presses send, always; who shows a translation labels it 機械のやくです.
//
// # What leaves
//
// Only what engawa/bot/assist/redact has covered. A text that it cannot judge is
// not sent. Errors and logs hold a code, a status and a time, never a word, key or
// body. One try, 1.5 s for a resident and 20 s for staff, a breaker, a daily
// budget, a share per person.
//
// # What is kept of it
//
// Each question as it left, the answer and what was thought of it stand for seven
// days in [Audit], sealed for the person and for the day: 消す and unsend take them
// along, and when the week is over nobody can read them. `engawa asked` lists them.
// What cannot be noted is not asked.
//
// # A model inside the city
//
// Any server with the OpenAI wire format does: llama.cpp's llama-server, vLLM,
// Ollama. On a machine of the city, bound to an address that only engawa reaches:
//
//	llama-server -m model.gguf --host 10.0.0.5 --port 8000 -c 8192
//
//	ENGAWA_ASSIST_URL=http://10.0.0.5:8000/v1
//	ENGAWA_ASSIST_MODEL=model
//	ENGAWA_ASSIST_BUDGET=2000
//
// Plain http is taken only for addresses inside (loopback, private, names without
// a dot or under .local, .internal, .lan), and then no proxy is used: the text
// goes to that machine and nowhere else. A model that thinks aloud before it
// answers must have that switched off at the server, or nearly every resident's
// question will meet the 1.5 s. For Azure the address carries the version:
//
//	ENGAWA_ASSIST_URL=https://city.openai.azure.com?api-version=2024-10-21
//	ENGAWA_ASSIST_MODEL=name-of-the-deployment
package assist
