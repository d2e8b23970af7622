package appliance

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// exitCode is what a command tells the program that called it. The numbers are
// a promise to scripts: they are only ever added to.
type exitCode struct {
	code    int
	kinds   []salon.Kind
	meaning string
}

// exitCodes is the one place where errors become numbers; `salonkeep help
// exit-codes` prints it.
var exitCodes = []exitCode{
	{0, nil, "it worked"},
	{1, []salon.Kind{salon.Broken}, "a fault of Salonkeep itself; the whole cause is printed"},
	{2, []salon.Kind{salon.Invalid}, "the command, a file or a value cannot be accepted as it is"},
	{3, []salon.Kind{salon.Missing}, "there is no such thing: no salon in the folder, no such point, no such target"},
	{4, []salon.Kind{salon.Clash, salon.NotEmpty}, "something is there already: the folder is not empty, the name is taken"},
	{5, []salon.Kind{salon.Denied, salon.Auth}, "not allowed, or the sign-in or claim code did not match"},
	{6, []salon.Kind{salon.WrongKey}, "this recovery kit does not open that restore point"},
	{7, []salon.Kind{salon.Damaged}, "a file is truncated, altered, or not what it says"},
	{8, []salon.Kind{salon.Newer}, "made by a newer version of Salonkeep"},
	{9, []salon.Kind{salon.Unreachable}, "a backup target is full, gone, read-only or does not answer"},
	{10, []salon.Kind{salon.InUse}, "another process holds it"},
	{11, []salon.Kind{salon.Closed}, "not now: something else has to happen first"},
	{exitAttention, nil, "doctor: it works, but something needs attention"},
}

const (
	exitBroken    = 1
	exitInvalid   = 2
	exitAttention = 12
)

func codeOf(err error) int {
	kind := salon.KindOf(err)
	for _, c := range exitCodes {
		if slices.Contains(c.kinds, kind) {
			return c.code
		}
	}
	return exitBroken
}

func exitCodesText() string {
	var b strings.Builder
	b.WriteString("A command ends with one of these numbers:\n\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "  %2d  %s\n", c.code, c.meaning)
	}
	return b.String()
}

// hinted is an error with the command to try next.
type hinted struct {
	err  error
	next string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// hint adds the command to try next. The innermost hint wins: it knows most.
func hint(err error, next string, args ...any) error {
	var h *hinted
	if err == nil || errors.As(err, &h) {
		return err
	}
	return &hinted{err: err, next: fmt.Sprintf(next, args...)}
}

// tell prints an error as a person reads it: what happened, what is wrong where,
// and what to type next.
func tell(w io.Writer, err error, fallback string) {
	var e *salon.Error
	if !errors.As(err, &e) {
		fmt.Fprintf(w, "salonkeep: %v\n", err)
		return
	}
	fmt.Fprintf(w, "salonkeep: %s\n", e.Sentence())
	fields := make([]string, 0, len(e.Field))
	for name, complaint := range e.Field {
		fields = append(fields, "  "+name+": "+complaint)
	}
	slices.Sort(fields)
	for _, f := range fields {
		fmt.Fprintln(w, f)
	}
	if e.Err != nil && (e.Kind == salon.Broken || e.Kind == salon.Damaged || e.Kind == salon.Unreachable) {
		fmt.Fprintf(w, "  cause: %v\n", e.Err)
	}
	var h *hinted
	switch {
	case errors.As(err, &h):
		fmt.Fprintf(w, "hint: %s\n", h.next)
	case fallback != "":
		fmt.Fprintf(w, "hint: %s\n", fallback)
	}
}
