# language: nl
Functionaliteit: De betrokkene informeren
  Voordat er iets over iemand gaat, weet die persoon ervan, of staat vast waarom nog niet (artikel 16).

  Regel: Eerst informeren, dan verstrekken (16.1)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-16.1 @toegestaan
    Scenario: De betrokkene weet van de aanmelding
      Gegeven de betrokkene is over de casus geïnformeerd
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-16.1 @geweigerd
    Scenario: De betrokkene weet nog van niets
      Gegeven de betrokkene is nog niet over de casus geïnformeerd
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 16.1
      En leest de afzender: Meld eerst wanneer en hoe deze persoon is geïnformeerd. Uitstel mag alleen op een grond van artikel 16.6 (a-e), vastgelegd in uw register.

  Regel: Wie informeert, meldt wanneer en hoe (16.2)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-16.2 @toegestaan
    Scenario: De gemeente meldt dat zij de betrokkene gisteren sprak
      Als de gemeente het huis meldt dat de betrokkene gisteren is geïnformeerd
      Dan mag het bericht worden verstuurd

    @regel-16.2 @geweigerd
    Scenario: De gemeente meldt een gesprek dat nog moet komen
      Als de gemeente het huis een gesprek van volgende week meldt alsof het al was gevoerd
      Dan wordt het bericht geweigerd op regel 16.2
      En leest de afzender: De dag van informeren ligt in de toekomst. Meld het als het gebeurd is.

  Regel: Uitstel van informeren wordt op tijd opnieuw bekeken (16.6-7)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-16.6-7 @toegestaan
    Scenario: Het informeren is uitgesteld en wordt over twee weken opnieuw bekeken
      Gegeven het informeren van de betrokkene is uitgesteld, met een hercontrole over 14 dagen
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-16.6-7 @geweigerd
    Scenario: De dag van hercontrole is voorbij en niemand keek ernaar
      Gegeven het informeren van de betrokkene is uitgesteld, en de hercontrole had 3 dagen geleden gemoeten
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan wordt het bericht geweigerd op regel 16.7
      En leest de afzender: Het informeren is uitgesteld en de dag van hercontrole is voorbij. Beoordeel het opnieuw en meld dat.
