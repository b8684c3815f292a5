//! Merkle trees as RFC 6962 makes them, with SHA-256.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type MerkleHash = [u8; 32];

/// The root of the tree over the leaves, in their order.
pub fn merkle_root<L: AsRef<[u8]>>(leaves: &[L]) -> MerkleHash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => leaf_hash(leaf.as_ref()),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&merkle_root(left), &merkle_root(right))
        }
    }
}

/// What shows that the leaf at that position belongs to the tree: the hashes beside its way to the root,
/// from the leaf upwards. None for a position that the tree does not have.
///
/// ```
/// use stellaops_db::schema::vex::{merkle_proof, merkle_root, proves};
/// let leaves = ["a", "b", "c"];
/// let proof = merkle_proof(&leaves, 1).expect("there are three leaves");
/// assert!(proves(&proof, b"b", 1, 3, &merkle_root(&leaves)));
/// assert!(!proves(&proof, b"c", 1, 3, &merkle_root(&leaves)));
/// ```
pub fn merkle_proof<L: AsRef<[u8]>>(leaves: &[L], position: usize) -> Option<Vec<MerkleHash>> {
    if position >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut proof, beside) = if position < middle {
        (merkle_proof(left, position)?, merkle_root(right))
    } else {
        (merkle_proof(right, position - middle)?, merkle_root(left))
    };
    proof.push(beside);
    Some(proof)
}

/// Whether the proof leads from that leaf, at that position among so many, to the root.
pub fn proves(
    proof: &[MerkleHash],
    leaf: &[u8],
    position: usize,
    leaf_count: usize,
    root: &MerkleHash,
) -> bool {
    climb(proof, leaf, position, leaf_count).is_some_and(|found| found == *root)
}

/// The root that the proof leads to; none when it has too few or too many hashes.
fn climb(proof: &[MerkleHash], leaf: &[u8], position: usize, leaf_count: usize) -> Option<MerkleHash> {
    if position >= leaf_count {
        return None;
    }
    let Some((beside, below)) = proof.split_last() else {
        return (leaf_count == 1).then(|| leaf_hash(leaf));
    };
    if leaf_count == 1 {
        return None;
    }
    let middle = split(leaf_count);
    if position < middle {
        climb(below, leaf, position, middle).map(|left| node_hash(&left, beside))
    } else {
        climb(below, leaf, position - middle, leaf_count - middle).map(|right| node_hash(beside, &right))
    }
}

/// The greatest power of two below the number of leaves, which is two at least.
fn split(leaf_count: usize) -> usize {
    1 << (leaf_count - 1).ilog2()
}

/// A zero byte goes before a leaf and a one byte before two children, so that neither is taken for the other.
fn leaf_hash(leaf: &[u8]) -> MerkleHash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

fn node_hash(left: &MerkleHash, right: &MerkleHash) -> MerkleHash {
    let hash = Sha256::new().chain_update([1]);
    hash.chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::vex::digest::written;

    /// The leaves of the test vectors that implementations of RFC 6962 share.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    #[test]
    fn the_root_is_the_one_of_the_standard() {
        for (count, root) in [
            (
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                2,
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ] {
            assert_eq!(written(&merkle_root(&LEAVES[..count])), format!("sha256:{root}"));
        }
    }

    #[test]
    fn each_leaf_is_proven_at_its_own_place_only() {
        for count in 1..=LEAVES.len() {
            let leaves = &LEAVES[..count];
            let root = merkle_root(leaves);
            for position in 0..count {
                let proof = merkle_proof(leaves, position).expect("the position exists");
                for (other, leaf) in leaves.iter().enumerate() {
                    let proven = proves(&proof, leaf, position, count, &root);
                    assert_eq!(
                        proven,
                        other == position,
                        "{other} of {count} with the proof of {position}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_proof_of_another_length_proves_nothing() {
        let root = merkle_root(&LEAVES);
        let proof = merkle_proof(&LEAVES, 5).expect("the position exists");
        assert!(!proves(&proof[1..], LEAVES[5], 5, 8, &root));
        assert!(!proves(
            &[proof.as_slice(), &[root]].concat(),
            LEAVES[5],
            5,
            8,
            &root
        ));
        assert!(!proves(&proof, LEAVES[5], 8, 8, &root));
        assert_eq!(merkle_proof(&LEAVES, 8), None);
    }
}
