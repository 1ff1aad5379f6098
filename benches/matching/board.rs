//! Prints figures beside their goals.

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Goal {
    /// This or more.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
}

/// Counts what was reached.
#[derive(Default)]
pub struct Board {
    reached: usize,
    missed: Vec<String>,
    skipped: Vec<String>,
    heading: String,
}

impl Board {
    /// The figures that follow are about this.
    pub fn about(&mut self, heading: &str) {
        heading.clone_into(&mut self.heading);
        println!("{heading}");
    }

    /// A figure with a goal; `shown` is the figure as people read it.
    pub fn bar(&mut self, name: &str, figure: f64, shown: &str, goal: Goal) {
        let (reached, sign, bound) = match goal {
            Goal::AtLeast(least) => (figure >= least, "≥", least),
            Goal::Below(most) => (figure < most, "<", most),
        };
        let verdict = if reached { "reached" } else { "missed" };
        let bound = (bound * 1e4).round() / 1e4;
        println!("  {name:46} {shown:>16}   goal {sign} {bound:<8} {verdict}");
        if reached {
            self.reached += 1;
        } else {
            self.missed.push(format!("{}: {name} is {shown}, goal {sign} {bound}", self.heading));
        }
    }

    /// A share with a goal, or "none" when there is nothing that it is a share of.
    pub fn share(&mut self, name: &str, share: Option<f64>, least: f64) {
        match share {
            Some(share) => self.bar(name, share, &format!("{share:.4}"), Goal::AtLeast(least)),
            None => self.note(name, "none"),
        }
    }

    /// A figure without a goal.
    pub fn note(&self, name: &str, shown: &str) {
        println!("  {name:46} {shown:>16}");
    }

    /// Something cannot be measured here.
    pub fn skip(&mut self, why: &str) {
        println!("  SKIPPED: {why}");
        self.skipped.push(format!("{}: {why}", self.heading));
    }

    /// Sums up.
    pub fn close(self) {
        println!("{} goals reached, {} missed", self.reached, self.missed.len());
        self.missed.iter().for_each(|missed| println!("  missed   {missed}"));
        self.skipped.iter().for_each(|skipped| println!("  SKIPPED  {skipped}"));
    }
}
