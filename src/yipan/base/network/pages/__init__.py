"""Pages of the network: the tree, the editor, the policy, import and export."""
