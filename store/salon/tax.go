package salon

// Cents rounds an exact amount, given in 1e-8 of the major unit, to whole
// cents by this rule. LineHalfUp takes halves away from zero, so that a return
// gives back exactly what the sale took.
func (r TaxRule) Cents(exactE8 int64) int64 {
	const cent, half = 1_000_000, 500_000
	cents, rest := exactE8/cent, exactE8%cent
	switch {
	case rest >= half:
		cents++
	case rest <= -half:
		cents--
	}
	return cents
}
