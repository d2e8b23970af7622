package salon

import (
	"errors"
	"fmt"
)

// Kind says what the person in front of the screen can do about an error. The
// zero Kind is Broken: anything nobody classified is our fault, not theirs.
type Kind int

const (
	Broken      Kind = iota // a fault of ours: logged whole, shown as a fixed sentence
	Invalid                 // what was typed or handed over cannot be accepted; Field may name where
	Missing                 // there is no such thing, or this person may not know of it
	Clash                   // somebody or something was there first
	Denied                  // this person may not do that
	Closed                  // not now: not set up yet, being restored, busy
	Auth                    // not signed in, or the sign-in did not match
	WrongKey                // this recovery kit does not open that restore point
	Damaged                 // a restore point or file is truncated, altered, or not what it says
	Newer                   // made by a newer version of the program
	NotEmpty                // the folder already holds something
	Unreachable             // a backup target is full, gone, read-only or does not answer
	InUse                   // another process holds it
)

// Error is an error with a sentence for the screen. Err is the cause for the
// log and is never shown to a person.
type Error struct {
	Kind  Kind
	Say   string            // one whole sentence in English that names the thing and the next step; also the catalogue key of its translation
	Args  []any             // what fills Say's verbs, so that a translation can be filled with the same
	Field map[string]string // form field -> complaint (a catalogue key too)
	Err   error

	// Of a refusal: what was refused, what this person could do about it
	// ("" is nothing but asking for access), and who could help.
	Act     Act
	Answer  Answer
	Helpers []Helper
}

// Helper is somebody who may do what somebody else may not.
type Helper struct {
	StaffID string
	Name    string
}

// E makes an Error whose sentence is say filled with args.
func E(kind Kind, say string, args ...any) *Error {
	return &Error{Kind: kind, Say: say, Args: args}
}

// Because adds the cause that the log shall name.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// On adds a complaint about one field of the form.
func (e *Error) On(field, complaint string) *Error {
	if e.Field == nil {
		e.Field = map[string]string{}
	}
	e.Field[field] = complaint
	return e
}

// Sentence is Say with its arguments, in English.
func (e *Error) Sentence() string {
	if len(e.Args) == 0 {
		return e.Say
	}
	return fmt.Sprintf(e.Say, e.Args...)
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Sentence() + " (" + e.Err.Error() + ")"
	}
	return e.Sentence()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the Kind of the first Error in err's chain, Broken if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Broken
}
