//! The chart of accounts: one column per level, top first, one row per path.

use std::collections::BTreeMap;

use agent_bill_domain::ids::NodeId;
use agent_bill_domain::names::{clean_name, fold_name};

use super::csv_file::{Row, Rows, shown};
use super::{ImportError, stable_id};
use crate::org::{COMPANY, Node};

/// Levels a hierarchy may have below the company.
const LEVELS: std::ops::RangeInclusive<usize> = 2..=6;

/// The tree of the file, the company first, parents before children.
#[derive(Debug)]
pub(super) struct Tree {
    pub levels: Vec<String>,
    pub nodes: Vec<Node>,
}

/// How a name was written when it was first met: its node, its spelling, its line.
struct Known {
    spelling: String,
    line: u64,
}

pub(super) fn read(mut rows: Rows<'_>, company: &str) -> Result<Tree, ImportError> {
    let levels = rows.header.clone();
    if !LEVELS.contains(&levels.len()) {
        return Err(rows.refuse_file(format!(
            "has {} columns; a hierarchy has {} to {} levels",
            levels.len(),
            LEVELS.start(),
            LEVELS.end()
        )));
    }
    let root = Node { id: NodeId::from(COMPANY), parent: None, level: 0, name: company.to_owned() };
    let mut reader = Reader { nodes: vec![root], known: BTreeMap::new() };
    let mut leaves: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let path = reader.read_path(&row, &levels)?;
        if let Some(first) = leaves.insert(path, row.line) {
            let last = levels.last().map_or("", String::as_str);
            return Err(row.refuse(last, format!("the row repeats line {first}; remove one")));
        }
    }
    let mut nodes = reader.nodes;
    if nodes.len() == 1 {
        return Err(rows.refuse_file("has no rows below its header; nothing would be left of the hierarchy".to_owned()));
    }
    // Parents were pushed before their children, but a later row may add a node above the level of the last one.
    nodes.sort_by_key(|node| node.level);
    Ok(Tree { levels, nodes })
}

/// The nodes met so far.
struct Reader {
    nodes: Vec<Node>,
    /// By path.
    known: BTreeMap<String, Known>,
}

impl Reader {
    /// The nodes of a row, top first, down to its last filled level. Returns the path of the last.
    fn read_path(&mut self, row: &Row, levels: &[String]) -> Result<String, ImportError> {
        let mut parent = NodeId::from(COMPANY);
        let mut path = String::new();
        for (level, label) in (1_i64..).zip(levels) {
            let cell = row.cell(label);
            if cell.is_empty() {
                let deeper = levels.iter().skip(usize::try_from(level).unwrap_or_default()).find(|label| !row.cell(label).is_empty());
                match deeper {
                    _ if level == 1 => return Err(row.refuse(label, "the name is empty; every row begins at the top level")),
                    Some(deeper) => {
                        return Err(row.refuse(label, format!("the name is empty although `{deeper}` below it is not; fill it in")));
                    }
                    None => break,
                }
            }
            let name = clean_name(cell).map_err(|error| row.refuse(label, format!("the name {error}")))?;
            path.push('\u{1F}');
            path.push_str(&fold_name(&name));
            let id = NodeId(stable_id("n", &path));
            match self.known.get(&path) {
                Some(first) if first.spelling != name => {
                    let (name, spelling, line) = (shown(&name), shown(&first.spelling), first.line);
                    let problem =
                        format!("`{name}` and `{spelling}` (line {line}) differ only in case, accents or spacing; write them alike");
                    return Err(row.refuse(label, problem));
                }
                Some(_) => {}
                None => {
                    self.known.insert(path.clone(), Known { spelling: name.clone(), line: row.line });
                    self.nodes.push(Node { id: id.clone(), parent: Some(parent), level, name });
                }
            }
            parent = id;
        }
        Ok(path)
    }
}
