//! The assignment of fields to columns, each at most once, that the columns' values and their relations make likeliest;
//! and the assignments that are nearly as likely.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use super::candidates::MARGIN;
use super::doubts::Doubt;
use super::likelihood::Fits;
use super::order::{self, Orders};
use super::relation::RELATIONS;
use super::table::Table;
use crate::base::sorted::largest_first;
use crate::field::Field::{self, *};

/// The field of each column; `None` for a column that is not a documented field, or is always absent.
pub(super) type Assignment = Vec<Option<Field>>;

/// A number of nats above the sum of the relations of a few columns.
const HOPELESS: f64 = 150.0;

/// A number of nats above what a few exchanges gain in an order that people use.
const UNLIKELY: f64 = 60.0;

/// The worth of a neighbour in [`Problem::climb`].
type Worth<'w> = &'w dyn Fn(f64, f64, &Assignment, &Assignment) -> Option<f64>;

/// The columns to which fields are assigned.
pub(super) struct Problem<'a> {
    table: &'a Table<'a>,
    /// The log-likelihood of each field that a column may be.
    fits: Vec<Vec<(Field, f64)>>,
    /// The log-likelihood of each column of being none of the documented fields.
    unknown: Vec<f64>,
    /// The relations that each field is in, or makes superfluous, as bits.
    touching: [u128; Field::ALL.len()],
    is_of_log: fn(Field) -> bool,
    /// The orders that people use, made when they are needed.
    orders: OnceCell<Orders>,
    /// The cached scores of relations, by their function, which several have in common, and columns.
    scores: RefCell<HashMap<(usize, [usize; 3]), f64>>,
}

/// Other fields of some columns.
pub(super) struct Alternative {
    pub(super) changes: Vec<(usize, Option<Field>)>,
    /// The nats by which they are less likely by the values, and by the order if the whole of it is one that people use.
    pub(super) less: f64,
    /// The nats by which they are less likely by the order, too.
    pub(super) less_usual: f64,
}

/// The solution of a problem.
pub(super) struct Solution {
    /// The assignment in the order that is most usual among those that the values hardly tell apart.
    pub(super) assignment: Assignment,
    /// Its log-likelihood by the values.
    pub(super) score: f64,
    /// The likeliest assignment by the values, if it is another.
    likeliest: Option<Assignment>,
}

// The relations' numbers are bits of a u128.
const _: () = assert!(RELATIONS.len() <= 128);

/// The fields that are exchanged with source and destination.
const SIDES: [(Field, Field); 10] = [
    (Srcaddr, Dstaddr),
    (PktSrcaddr, PktDstaddr),
    (Srcport, Dstport),
    (PktSrcAwsService, PktDstAwsService),
    (TgwSrcVpcId, TgwDstVpcId),
    (TgwSrcSubnetId, TgwDstSubnetId),
    (TgwSrcEni, TgwDstEni),
    (TgwSrcAzId, TgwDstAzId),
    (TgwSrcVpcAccountId, TgwDstVpcAccountId),
    (TgwAttachmentId, TgwPairAttachmentId),
];

/// The fields of the recorded interface, and those of the next hop.
pub(super) const NEXT_HOPS: [(Field, Field); 5] = [
    (InterfaceId, NextHopInterfaceId),
    (SubnetId, NextHopSubnetId),
    (VpcId, NextHopVpcId),
    (AzId, NextHopAzId),
    (InterfaceType, NextHopInterfaceType),
];

impl<'a> Problem<'a> {
    /// Returns the problem for the fields of one kind of log.
    pub(super) fn new(table: &'a Table<'a>, fits: &[Fits], is_of_log: fn(Field) -> bool) -> Problem<'a> {
        let unknown = fits.iter().map(|column| column.unknown);
        let fits = fits.iter().map(|column| {
            let of_log = column.fields.iter().filter(|(field, _)| is_of_log(*field));
            of_log.map(|(field, score)| (*field, score + prior(*field))).collect()
        });
        let mut touching = [0; Field::ALL.len()];
        for (index, relation) in RELATIONS.iter().enumerate() {
            for field in relation.fields.iter().chain(&relation.unless) {
                if let Some(bits) = touching.get_mut(*field as usize) {
                    *bits |= 1 << index;
                }
            }
        }
        Problem {
            table,
            fits: fits.collect(),
            unknown: unknown.collect(),
            touching,
            is_of_log,
            orders: OnceCell::new(),
            scores: RefCell::default(),
        }
    }

    fn orders(&self) -> &Orders {
        self.orders.get_or_init(|| Orders::new(self.is_of_log))
    }

    fn fit(&self, column: usize, field: Option<Field>) -> Option<f64> {
        match field {
            None => self.unknown.get(column).copied(),
            Some(field) => self.fits.get(column)?.iter().find(|(fit, _)| *fit == field).map(|(_, score)| *score),
        }
    }

    /// Returns the log-likelihood of an assignment, or `None` if a column cannot be its field. A column that is always
    /// absent may be any.
    pub(super) fn score(&self, assignment: &Assignment) -> Option<f64> {
        let mut total = 0.0;
        for (column, field) in assignment.iter().enumerate() {
            if !self.is_empty(column) {
                total += self.fit(column, *field)?;
            }
        }
        let all = columns_of(assignment);
        for index in 0..RELATIONS.len() {
            total += self.relation_at(index, &all).map_or(0.0, |(score, _)| score);
        }
        Some(total + self.version(assignment))
    }

    /// Returns the score of a relation and its columns, if the assignment has all its fields.
    pub(super) fn relation(&self, index: usize, assignment: &Assignment) -> Option<(f64, Vec<usize>)> {
        let (score, columns) = self.relation_at(index, &columns_of(assignment))?;
        let count = RELATIONS.get(index)?.fields.len();
        Some((score, columns.into_iter().take(count).collect()))
    }

    /// Returns the score of the relation that speaks most against an assignment; 0 if none does.
    pub(super) fn worst_relation(&self, assignment: &Assignment) -> f64 {
        let all = columns_of(assignment);
        let scores = (0..RELATIONS.len()).filter_map(|index| self.relation_at(index, &all));
        scores.map(|(score, _)| score).fold(0.0, f64::min)
    }

    fn relation_at(&self, index: usize, all: &Columns) -> Option<(f64, [usize; 3])> {
        let relation = RELATIONS.get(index)?;
        if relation.unless.is_some_and(|field| all.get(field as usize).copied().flatten().is_some()) {
            return None;
        }
        let mut columns = [0; 3];
        for (column, field) in columns.iter_mut().zip(relation.fields) {
            *column = all.get(*field as usize).copied().flatten()?;
        }
        let key = (relation.score as usize, columns);
        let cached = self.scores.borrow().get(&key).copied();
        let score = cached.unwrap_or_else(|| {
            let used = columns.get(..relation.fields.len()).unwrap_or_default();
            let score = (relation.score)(self.table, used);
            self.scores.borrow_mut().insert(key, score);
            score
        });
        Some((score, columns))
    }

    /// Returns the score of the version column.
    fn version(&self, assignment: &Assignment) -> f64 {
        // A column that is none of the documented fields, or is absent, may be a newer version's.
        let is_known = assignment.iter().all(Option::is_some);
        let column = assignment.iter().position(|field| *field == Some(Version));
        let said = column.and_then(|column| self.table.columns.get(column)?.most()?.number);
        let highest = assignment.iter().flatten().map(|field| u64::from(field.facts().version)).max();
        match (said, highest) {
            (Some(said), Some(highest)) if said == highest => 4.0,
            (Some(said), Some(highest)) if said < highest => -30.0,
            (Some(_), Some(_)) if is_known => -5.0,
            _ => 0.0,
        }
    }

    /// Returns by how many nats an assignment is likelier than another, from the changed fields and their relations.
    fn gain(&self, from: &Assignment, to: &Assignment) -> Option<f64> {
        let mut gain = 0.0;
        let mut touched = 0_u128;
        for (column, (old, new)) in from.iter().zip(to).enumerate().filter(|(_, (old, new))| old != new) {
            let is_empty = self.fits.get(column).is_none_or(Vec::is_empty);
            if !is_empty {
                gain += self.fit(column, *new)? - self.fit(column, *old)?;
            }
            for field in [old, new].into_iter().flatten() {
                touched |= self.touching.get(*field as usize).copied().unwrap_or_default();
            }
        }
        // No relations make up for values that fit so much worse.
        if gain < -HOPELESS {
            return None;
        }
        let (before, after) = (columns_of(from), columns_of(to));
        while touched != 0 {
            let index = touched.trailing_zeros() as usize;
            touched &= touched - 1;
            let score = |all| self.relation_at(index, all).map_or(0.0, |(score, _)| score);
            gain += score(&after) - score(&before);
        }
        Some(gain + self.version(to) - self.version(from))
    }

    /// Returns the likeliest assignment, in a usual order as far as the values leave that open. The order decides among
    /// assignments that are less likely than the best by less than [`MARGIN`].
    pub(super) fn solve(&self) -> Solution {
        let rated = |assignment: Assignment| {
            let score = self.score(&assignment).unwrap_or(f64::NEG_INFINITY);
            (assignment, score)
        };
        let (mut best, mut score) = rated(self.climb(self.by_values(), &|gain, _, _, _| Some(gain)));
        let along = self.orders().whole.iter().filter_map(|order| self.along(order).best(None)).map(rated);
        let along = largest_first(along.filter(|(_, least)| *least > score - UNLIKELY), |(_, score)| *score);
        let keeps = |to: &Assignment| self.orders().has_whole(to.iter().flatten().copied());
        let climbed = along
            .into_iter()
            .take(2)
            .map(|(along, _)| rated(self.climb(along, &|gain, _, _, to| keeps(to).then_some(gain))));
        let usual = climbed.max_by(|(_, left), (_, right)| left.total_cmp(right));
        if let Some((assignment, likely)) = usual.as_ref().filter(|(_, likely)| *likely > score) {
            (best, score) = (assignment.clone(), *likely);
        }
        let usual = usual.filter(|(assignment, likely)| {
            score - likely < MARGIN && order::of_whole(assignment.iter().flatten().count()) > MARGIN
        });
        let (assignment, likely) = usual.unwrap_or_else(|| {
            let worth = |gain: f64, all: f64, from: &Assignment, to: &Assignment| {
                (all > -MARGIN).then(|| gain + self.usual(to) - self.usual(from))
            };
            rated(self.climb(best.clone(), &worth))
        });
        Solution { likeliest: (assignment != best).then_some(best), assignment, score: likely }
    }

    /// Returns the assignment that no neighbour of it is better than. `worth` is given how much likelier a neighbour is
    /// than this assignment and than the first one, and both assignments. It returns by how much the neighbour is better,
    /// or `None` if it is out of the question.
    fn climb(&self, from: Assignment, worth: Worth<'_>) -> Assignment {
        let (mut best, mut gained) = (from, 0.0);
        for _ in 0..200 {
            let mut better: Option<(Assignment, f64, f64)> = None;
            self.for_each_neighbour(&best, &[], &mut |neighbour| {
                if let Some(gain) = self.gain(&best, &neighbour)
                    && let Some(more) = worth(gain, gained + gain, &best, &neighbour)
                    && more > better.as_ref().map_or(1e-6, |(_, more, _)| *more)
                {
                    better = Some((neighbour, more, gain));
                }
            });
            match better {
                Some((assignment, _, gain)) => (best, gained) = (assignment, gained + gain),
                None => break,
            }
        }
        best
    }

    /// Returns the columns as they fit the fields of an order.
    fn along<'o>(&self, order: &'o [Field]) -> Along<'o> {
        let of_column = |column: usize| {
            let fits = order.iter().map(|field| self.fit(column, Some(*field))).collect();
            let unknown = self.unknown.get(column).copied().filter(|_| !self.is_empty(column));
            (fits, unknown.unwrap_or(0.0))
        };
        Along { order, columns: (0..self.fits.len()).map(of_column).collect() }
    }

    /// True if a column is absent in every line.
    fn is_empty(&self, column: usize) -> bool {
        self.table.columns.get(column).is_none_or(|column| column.present().next().is_none())
    }

    /// Returns how usual the order of an assignment is, in nats.
    fn usual(&self, assignment: &Assignment) -> f64 {
        self.orders().score(assignment.iter().flatten().copied())
    }

    /// Returns the nats by which an assignment is likelier than a shuffled one, if its whole order is one that people use and
    /// every column fits. Returns 0 if that may be by chance.
    fn standing(&self, assignment: &Assignment) -> f64 {
        let is_named = assignment.iter().enumerate().all(|(column, field)| field.is_some() || self.is_empty(column));
        let fields = || assignment.iter().flatten().copied();
        let nats = order::of_whole(fields().count());
        if nats > MARGIN && is_named && self.orders().has_whole(fields()) { nats } else { 0.0 }
    }

    /// True if the whole order of an assignment is one that people use, hardly by chance.
    pub(super) fn is_usual(&self, assignment: &Assignment) -> bool {
        self.standing(assignment) > 0.0
    }

    /// True if the order of the fields leaves open that a column is another field, with which it is exchanged.
    pub(super) fn order_allows(&self, assignment: &Assignment, column: usize, field: Field) -> bool {
        self.standing(assignment) - self.standing(&with(assignment, column, field)) < MARGIN
    }

    /// Returns the alternatives that are less likely by less than [`MARGIN`].
    ///
    /// A column that only an open one settles is open, too. Therefore, the search goes on from alternatives and doubts, step by
    /// step, as long as steps open columns.
    pub(super) fn alternatives(&self, solution: &Solution, doubts: &[Doubt]) -> Vec<Alternative> {
        let mut search = Search::new(self, &solution.assignment);
        self.for_each_neighbour(&solution.assignment, &[], &mut |neighbour| {
            if let Some(gain) = self.gain(&solution.assignment, &neighbour) {
                search.consider(neighbour, -gain, None);
            }
        });
        let mut consider = |other: Assignment| {
            let less = solution.score - self.score(&other).unwrap_or(f64::NEG_INFINITY);
            search.consider(other, less, None);
        };
        self.moved(&solution.assignment).into_iter().for_each(&mut consider);
        // Several steps away, perhaps.
        solution.likeliest.clone().into_iter().for_each(consider);
        for (column, others) in doubts {
            others.iter().for_each(|field| search.doubt(*column, *field));
        }
        search.go_on()
    }

    /// Returns the alternatives to a solution that the solution for another kind of log offers.
    pub(super) fn alternatives_of(
        &self,
        solution: &Solution,
        kind: &Problem<'_>,
        other: &Solution,
    ) -> Vec<Alternative> {
        let mut search = Search { problem: kind, ..Search::new(self, &solution.assignment) };
        search.consider(other.assignment.clone(), solution.score - other.score, None);
        // Within that kind of log, it counts as the likeliest.
        search.reached.iter_mut().for_each(|reached| reached.less = 0.0);
        search.go_on()
    }

    /// Returns the assignments in the order of this one, if that is one that people use, in which a column has another
    /// field. A field that was left out moves those after it, as far as a column that keeps its field.
    fn moved(&self, assignment: &Assignment) -> Vec<Assignment> {
        let mut all = Vec::new();
        let is_usual = self.is_usual(assignment);
        let fields = || assignment.iter().flatten().copied();
        for order in self.orders().whole.iter().filter(|order| is_usual && order::is_in(order, fields())) {
            let along = self.along(order);
            for (column, fits) in self.fits.iter().enumerate() {
                let now = assignment.get(column).copied().flatten();
                let least = self.fit(column, now).map_or(f64::NEG_INFINITY, |fit| fit - UNLIKELY);
                for (field, _) in fits.iter().filter(|(field, fit)| Some(*field) != now && *fit > least) {
                    let Some(best) = along.best(Some((column, *field))) else { continue };
                    let keeps = |(new, old): (&Option<Field>, &Option<Field>)| new.is_some() && new == old;
                    let kept: Vec<bool> = best.iter().zip(assignment).map(keeps).collect();
                    let start = kept.iter().take(column).rposition(|kept| *kept).map_or(0, |at| at + 1);
                    let end = kept.iter().skip(column).position(|kept| *kept).map_or(kept.len(), |at| column + at);
                    let of_column = |(at, (new, old)): (usize, (&Option<Field>, &Option<Field>))| {
                        if (start..end).contains(&at) { *new } else { *old }
                    };
                    all.push(best.iter().zip(assignment).enumerate().map(of_column).collect());
                }
            }
        }
        all
    }

    /// Returns the best assignment by the columns' own values: by the Hungarian method, over fields and one "unknown"
    /// per column.
    fn by_values(&self) -> Assignment {
        let fields: Vec<Field> = Field::ALL.to_vec();
        let columns = self.fits.len();
        let width = fields.len() + columns;
        const NEVER: f64 = 1e9;
        let cost = |column: usize, choice: usize| match fields.get(choice) {
            Some(field) => self.fit(column, Some(*field)).map_or(NEVER, |score| -score),
            None if choice - fields.len() == column => -self.unknown.get(column).copied().unwrap_or(0.0),
            None => NEVER,
        };
        let chosen = cheapest(columns, width, cost);
        chosen.into_iter().map(|choice| fields.get(choice).copied()).collect()
    }

    /// Visits every assignment that differs in one step, except those that change one or two of the columns to pass over.
    ///
    /// - A column takes another field. The column that had it takes the freed one, or the best unused one.
    /// - Several pairs of source and destination are exchanged.
    fn for_each_neighbour(&self, from: &Assignment, passed: &[bool], visit: &mut dyn FnMut(Assignment)) {
        let is_passed = |column: usize| passed.get(column).copied().unwrap_or(false);
        let empty = |column: usize| self.fits.get(column).is_none_or(Vec::is_empty);
        for column in (0..from.len()).filter(|column| !empty(*column)) {
            let now = from.get(column).copied().flatten();
            for (field, _) in self.fits.get(column).into_iter().flatten().filter(|(field, _)| Some(*field) != now) {
                let owner = from.iter().position(|other| *other == Some(*field));
                if is_passed(column) && owner.is_none_or(is_passed) {
                    continue;
                }
                let mut next = from.clone();
                set(&mut next, column, Some(*field));
                match owner {
                    None => visit(next),
                    Some(owner) if owner > column && self.fit(owner, now).is_some() && now.is_some() => {
                        set(&mut next, owner, now);
                        visit(next);
                    }
                    Some(owner) if now.is_none() || self.fit(owner, now).is_none() => {
                        let free = |(field, _): &&(Field, f64)| !next.contains(&Some(*field));
                        let other = self.fits.get(owner).into_iter().flatten().filter(free);
                        let other = other.max_by(|left, right| left.1.total_cmp(&right.1)).map(|(field, _)| *field);
                        set(&mut next, owner, other);
                        visit(next);
                    }
                    Some(_) => {}
                }
            }
        }
        let groups: [&[usize]; 15] = [
            &[4],
            &[8],
            &[4, 8],
            &[5, 6, 7],
            &[5, 7],
            &[0, 1, 4, 8],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            &[0, 1, 3, 4, 5, 6, 7, 8],
            &[0, 1, 3, 4, 5, 6, 7, 8, 9],
            &[0, 1],
            &[0, 1, 2],
            &[0, 1, 3],
            &[4, 5, 6, 7, 8],
            &[4, 5, 6, 7, 8, 9],
            &[0, 4, 5, 6, 7, 8],
        ];
        // A next hop's type is often not given.
        let hops = [&NEXT_HOPS[..], &NEXT_HOPS[..4]];
        for hop in hops {
            self.exchange(from, hop, visit);
        }
        for group in groups {
            let pairs: Vec<(Field, Field)> = group.iter().filter_map(|index| SIDES.get(*index)).copied().collect();
            self.exchange(from, &pairs, visit);
            // The next hop's own address is the far one: who takes it for the interface sees the sides exchanged.
            for hop in hops {
                self.exchange(from, &[&pairs, hop].concat(), visit);
            }
        }
        self.exchange(from, &[(Srcaddr, PktSrcaddr), (Dstaddr, PktDstaddr)], visit);
        self.exchange(from, &[(Srcaddr, PktDstaddr), (Dstaddr, PktSrcaddr)], visit);
    }

    /// Visits the assignment in which the fields of each pair are exchanged, even if only one of them is assigned.
    fn exchange(&self, from: &Assignment, pairs: &[(Field, Field)], visit: &mut dyn FnMut(Assignment)) {
        let mut next = from.clone();
        for (left, right) in pairs {
            for field in next.iter_mut() {
                *field = match *field {
                    Some(field) if field == *left => Some(*right),
                    Some(field) if field == *right => Some(*left),
                    other => other,
                };
            }
        }
        if next != *from {
            visit(next);
        }
    }
}

/// The search for alternatives to an assignment.
struct Search<'p> {
    problem: &'p Problem<'p>,
    assignment: &'p Assignment,
    /// The nats by which the whole order of the assignment is likelier than a shuffled one, and how usual its pieces are.
    standing: f64,
    usual: f64,
    /// For each column, true if an alternative changes it.
    open: Vec<bool>,
    found: Vec<Alternative>,
    reached: Vec<Reached>,
}

/// An assignment from which the search goes on.
#[derive(Clone)]
struct Reached {
    assignment: Assignment,
    /// The nats by which it is less likely by the values.
    less: f64,
    /// The column in doubt for which another field is assumed.
    given: Option<usize>,
}

impl<'p> Search<'p> {
    fn new(problem: &'p Problem<'p>, assignment: &'p Assignment) -> Search<'p> {
        let (standing, usual) = (problem.standing(assignment), problem.usual(assignment));
        let open = vec![false; assignment.len()];
        Search { problem, assignment, standing, usual, open, found: Vec::new(), reached: Vec::new() }
    }

    /// Takes an assignment for an alternative, if it is less likely by few nats.
    fn consider(&mut self, other: Assignment, less_by_values: f64, given: Option<usize>) {
        if less_by_values >= MARGIN {
            return;
        }
        let has_order = self.standing > 0.0;
        let less = less_by_values + if has_order { self.standing - self.problem.standing(&other) } else { 0.0 };
        if less >= MARGIN {
            return;
        }
        let less_usual = if has_order { 0.0 } else { self.usual - self.problem.usual(&other) };
        let changes = other.iter().zip(self.assignment).enumerate().filter(|(_, (new, old))| new != old);
        let changes: Vec<(usize, Option<Field>)> = changes.map(|(column, (new, _))| (column, *new)).collect();
        for (column, _) in &changes {
            if let Some(open) = self.open.get_mut(*column) {
                *open = true;
            }
        }
        self.found.push(Alternative { changes, less, less_usual });
        self.reached.push(Reached { assignment: other, less: less_by_values, given });
    }

    /// Assumes another field of a column in doubt.
    fn doubt(&mut self, column: usize, field: Field) {
        let other = with(self.assignment, column, field);
        if self.problem.gain(self.assignment, &other).is_some() {
            if let Some(open) = self.open.get_mut(column) {
                *open = true;
            }
            self.reached.push(Reached { assignment: other, less: 0.0, given: Some(column) });
        }
    }

    /// Searches on from the alternatives, as long as steps open columns, and returns all.
    fn go_on(mut self) -> Vec<Alternative> {
        let (problem, mut next) = (self.problem, 0);
        while let Some(Reached { assignment: from, less, given }) = self.reached.get(next).cloned() {
            let open = self.open.clone();
            let keeps = |other: &Assignment| given.is_none_or(|column| other.get(column) == from.get(column));
            problem.for_each_neighbour(&from, &open, &mut |neighbour| {
                if self.opens(&neighbour)
                    && keeps(&neighbour)
                    && let Some(gain) = problem.gain(&from, &neighbour)
                {
                    // The gain of a step after a doubt does not pay for the next one.
                    self.consider(neighbour, (less - gain).max(0.0), given);
                }
            });
            next += 1;
        }
        self.found
    }

    /// True if an assignment changes a column that no alternative changes.
    fn opens(&self, other: &Assignment) -> bool {
        other.iter().zip(self.assignment).zip(&self.open).any(|((new, old), open)| new != old && !open)
    }
}

/// Columns as they fit the fields of an order.
struct Along<'o> {
    order: &'o [Field],
    /// For each column, the log-likelihood of each field, and of none.
    columns: Vec<(Vec<Option<f64>>, f64)>,
}

impl Along<'_> {
    /// Returns the best assignment by the columns' own values in which the fields are in the order, any of them left out.
    /// A column may be given its field.
    fn best(&self, given: Option<(usize, Field)>) -> Option<Assignment> {
        // The best score of the first columns with the first fields of the order, by columns, then by fields.
        let mut best: Vec<Vec<f64>> = vec![vec![0.0; self.order.len() + 1]];
        let given_to = |column: usize| given.filter(|(given, _)| *given == column).map(|(_, field)| field);
        let none = |column: usize, unknown: f64| if given_to(column).is_some() { f64::NEG_INFINITY } else { unknown };
        for (column, (fits, unknown)) in self.columns.iter().enumerate() {
            let before = best.last()?;
            let unknown = none(column, *unknown);
            let mut last = before.first()? + unknown;
            let mut row = vec![last];
            for ((fit, field), (with, without)) in
                fits.iter().zip(self.order).zip(before.iter().zip(before.iter().skip(1)))
            {
                let fit = fit.filter(|_| given_to(column).is_none_or(|given| given == *field));
                last = last.max(without + unknown).max(fit.map_or(f64::NEG_INFINITY, |fit| with + fit));
                row.push(last);
            }
            best.push(row);
        }
        best.last()?.last().filter(|score| score.is_finite())?;
        let mut assignment: Assignment = vec![None; self.columns.len()];
        let mut fields = self.order.len();
        for (column, (_, unknown)) in self.columns.iter().enumerate().rev() {
            let (row, before) = (best.get(column + 1)?, best.get(column)?);
            while fields > 0 && row.get(fields) == row.get(fields - 1) {
                fields -= 1;
            }
            if *row.get(fields)? != before.get(fields)? + none(column, *unknown) {
                fields = fields.checked_sub(1)?;
                set(&mut assignment, column, self.order.get(fields).copied());
            }
        }
        Some(assignment)
    }
}

/// The column of each field.
type Columns = [Option<usize>; Field::ALL.len()];

fn columns_of(assignment: &Assignment) -> Columns {
    let mut columns = [None; Field::ALL.len()];
    for (column, field) in assignment.iter().enumerate() {
        if let Some(of_field) = field.and_then(|field| columns.get_mut(field as usize)) {
            *of_field = Some(column);
        }
    }
    columns
}

/// Returns the assignment in which a column has another field. A column that had it takes the freed one.
fn with(assignment: &Assignment, column: usize, field: Field) -> Assignment {
    let mut other = assignment.clone();
    if let Some(owner) = other.iter().position(|owned| *owned == Some(field)) {
        set(&mut other, owner, assignment.get(column).copied().flatten());
    }
    set(&mut other, column, Some(field));
    other
}

fn set(assignment: &mut Assignment, column: usize, field: Option<Field>) {
    if let Some(of_column) = assignment.get_mut(column) {
        *of_column = field;
    }
}

/// Returns how usual a field is in formats, in nats.
fn prior(field: Field) -> f64 {
    match field.facts().version {
        2 => 0.0,
        3..=6 => -0.7,
        _ => -1.2,
    }
}

/// Returns for each row its column in the assignment of least total cost, by the Hungarian method. There must be at
/// least as many columns as rows. It takes rows × rows × columns steps.
fn cheapest(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    // Potentials of rows and columns, and the row that each column is matched with; index 0 stands for "none".
    let mut of_row = vec![0.0; rows + 1];
    let mut of_column = vec![0.0; columns + 1];
    let mut matched = vec![0_usize; columns + 1];
    for row in 1..=rows {
        matched[0] = row;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut before = vec![0_usize; columns + 1];
        let mut used = vec![false; columns + 1];
        let mut at = 0;
        while matched[at] != 0 {
            used[at] = true;
            let (row, mut step, mut next) = (matched[at], f64::INFINITY, 0);
            for column in 1..=columns {
                if used[column] {
                    continue;
                }
                let reduced = cost(row - 1, column - 1) - of_row[row] - of_column[column];
                if reduced < least[column] {
                    (least[column], before[column]) = (reduced, at);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if used[column] {
                    of_row[matched[column]] += step;
                    of_column[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            matched[at] = matched[before[at]];
            at = before[at];
        }
    }
    let mut chosen = vec![0; rows];
    for (column, row) in matched.iter().enumerate().skip(1) {
        if *row > 0 {
            chosen[*row - 1] = column - 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheapest_assignment() {
        let costs = [[4.0, 1.0, 3.0, 9.0], [2.0, 0.0, 5.0, 9.0], [3.0, 2.0, 2.0, 9.0]];
        assert_eq!(cheapest(3, 4, |row, column| costs[row][column]), [1, 0, 2]);
        assert_eq!(cheapest(0, 0, |_, _| 0.0), [0; 0]);
    }
}
