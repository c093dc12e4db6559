"""The program's window: navigation, forms, findings, inspector, dialogs."""
